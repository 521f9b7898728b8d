/** What the rules say of a prompt file. */
import { checkPrompt } from '../annotations/engine.ts';
import type { Finding, Misfit, PromptLength, RuleSettings } from '../annotations/types.ts';
import { READERS } from '../judgements/readers/index.ts';
import type { TokenCount, TokenCounter, TrainedPrompt } from '../models/types.ts';
import type { Pipeline } from '../pipeline.ts';
import type { Expansion } from '../prompts/includes.ts';
import { toVersionTwo } from '../prompts/prompty-one.ts';
import type { PromptFile } from '../prompts/types.ts';
import { templateUses } from '../prompts/uses.ts';
import { offeredVariables } from '../prompts/variables.ts';
import type { RecordSource } from '../records/types.ts';
import { similarNames } from '../similar-name.ts';
import { quote } from '../text.ts';
import { readPrompt } from './prompts.ts';
import { fieldOf, fileName, maxNewTokensOf } from './prompty.ts';
import type { NamedPrompt } from './types.ts';

/** A model that a prompt file is used with. */
export interface PromptModel {
  readonly id: string;
  /** Null where its tokens cannot be counted, or not yet. */
  readonly counter: TokenCounter | null;
  /** Null where nothing is known of its training. */
  readonly trainedWith: readonly TrainedPrompt[] | null;
}

/** What lies around a prompt file. */
export interface PromptSurroundings {
  /** The dataset that it is for; null when none is known. */
  readonly dataset: Pipeline | null;
  /** One sentence why the dataset that it names is not to be had; null when it is, or none is named. */
  readonly datasetProblem: string | null;
  readonly models: readonly PromptModel[];
  /** What its partials made of it; null where only its text with them in it is known. */
  readonly includes: Expansion | null;
}

/** What the rules say of a prompt file, its partials included. Spans lie in the file as it is written. */
export function checkPromptFile(
  prompt: NamedPrompt,
  around: PromptSurroundings,
  rules: RuleSettings,
): Finding[] {
  const file = readPrompt(prompt);
  const { dataset } = around;
  const findings = checkPrompt(
    {
      file,
      uses: templateUses(file),
      offered: offeredVariables(file),
      records: dataset?.measures.counts() ?? null,
      misfits: misfits(file, around),
      asVersionTwo: () => toVersionTwo(prompt.text, file),
      lengths: () => promptLengths(prompt, around),
      trained: around.models.flatMap(({ id, trainedWith }) =>
        trainedWith && trainedWith.length > 0 ? [{ model: id, prompts: trainedWith }] : [],
      ),
    },
    rules,
  );
  const { includes } = around;
  return includes ? findings.map((finding) => asWritten(finding, includes)) : findings;
}

/** A finding in a partial stands at its include; what would mend it is another file's. */
function asWritten(finding: Finding, { written }: Expansion): Finding {
  const { span, isOwn } = written(finding.span);
  const fixes = finding.fixes.flatMap((fix) => {
    const edits = fix.edits.map((edit) => ({ ...edit, ...written(edit.span) }));
    return edits.every((edit) => edit.isOwn) ? [{ ...fix, edits }] : [];
  });
  const message = isOwn ? finding.message : `In what is included here: ${finding.message}`;
  return { ...finding, span, message, fixes };
}

/** The models that a prompt file is used with: those that it names, else those that were run with it. */
export function modelsOf(prompt: NamedPrompt, dataset: Pipeline | null): readonly string[] {
  const { models } = readPrompt(prompt);
  return models.length > 0 ? models : (dataset?.modelsRunWith(prompt.name) ?? []);
}

/** How long the prompt gets, for each model whose tokens can be counted. */
function promptLengths(prompt: NamedPrompt, { dataset, models }: PromptSurroundings): PromptLength[] {
  const file = readPrompt(prompt);
  if (!dataset || file.problems.length > 0) return [];
  const asked = templateUses(file)?.variables.map((use) => fieldOf(file, use)) ?? [];
  const longest = dataset.measures.longestRecords(asked, file.split);
  const answer = maxNewTokensOf(prompt);
  return models.flatMap(({ id, counter }) => {
    if (!counter || counter.context === null) return [];
    const { context } = counter;
    const lengths = longest.flatMap((source): PromptLength[] => {
      const tokens = tokensOf(prompt, source, dataset, counter);
      return tokens ? [{ model: id, record: source.record.id, tokens, context, answer }] : [];
    });
    return lengths.sort((a, b) => b.tokens.total - a.tokens.total).slice(0, 1);
  });
}

/** Null when the model could not be asked this: why is said where it is asked. */
function tokensOf(
  prompt: NamedPrompt,
  source: RecordSource,
  dataset: Pipeline,
  counter: TokenCounter,
): TokenCount | null {
  try {
    return counter.count(dataset.compose(prompt, source).messages);
  } catch {
    return null;
  }
}

/** What the front matter says that what lies around the file does not bear out. */
function misfits({ split, reader }: PromptFile, { dataset, datasetProblem }: PromptSurroundings): Misfit[] {
  const found: Misfit[] = [];
  if (datasetProblem !== null) found.push({ key: 'dataset', message: datasetProblem });
  const splits = split !== null && dataset ? [...dataset.splitCounts().keys()] : [];
  if (split !== null && dataset && !splits.includes(split)) {
    const has = splits.length > 0 ? `it has ${splits.join(', ')}` : 'it has no splits';
    const message = `No record of ${fileName(dataset)} is in the split ${quote(split, 40)}: ${has}.`;
    found.push({ key: 'split', message, instead: similarNames(split, splits, 1)[0] });
  }
  const readers = READERS.map(({ id }) => id);
  if (reader !== null && !readers.includes(reader)) {
    const message = `There is no answer reader ${quote(reader, 40)}: there are ${readers.join(', ')}.`;
    found.push({ key: 'reader', message, instead: similarNames(reader, readers, 1)[0] });
  }
  return found;
}
