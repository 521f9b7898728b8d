import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { foreignPrediction, READERS, readAll } from '../../core/pipeline.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { sentenceEmbedder } from '../../inference/index.ts';
import { EXIT } from '../exit.ts';
import { type JudgedFile, judgeOutput } from '../formats/judge.ts';
import { locateRecord, openDataset, sayProblems } from '../open-dataset.ts';
import {
  atLeast,
  type CheckFormat,
  checkFormatOption,
  type FailOn,
  failOnOption,
  fieldsOption,
  numberOption,
} from '../options.ts';
import { outputPlaces } from '../output-places.ts';
import { askedOf, joinedOutputs, opinionsOf } from '../outputs.ts';
import { workspaceEmbeddings } from '../settings.ts';
import { METRICS_MODES, type MetricsMode, REFERENCES, type Reference, scoreTexts } from '../text-metrics.ts';
import { ownVersion } from '../version.ts';

interface Options {
  readonly fields?: FieldMap;
  readonly outputs: string;
  readonly beside: readonly string[];
  readonly outputField?: string;
  readonly reader: string;
  readonly indexBase?: 0 | 1;
  readonly metrics: MetricsMode | 'none';
  readonly textField?: string;
  readonly reference: Reference;
  readonly embeddings?: string;
  readonly failOn: FailOn;
  readonly format: CheckFormat;
}

/** Every reader at once, for comparison; the numbers and findings are then our own reader's. */
const ALL = 'all';

export function judgeCommand(program: Command): void {
  program
    .command('judge')
    .description('judge outputs made elsewhere against a dataset')
    .argument('<dataset>', 'dataset file')
    .requiredOption('--outputs <file>', 'outputs: JSONL, a JSON array, or a JSON object by record id')
    .option(
      '--beside <file...>',
      'outputs of other models for the same records, which gold-suspect weighs: where all name the same other choice, the gold answer is in doubt',
      [],
    )
    .option(
      '--output-field <name>',
      'the field that holds the raw output (found by itself for known formats)',
    )
    .addOption(
      new Option('--reader <name>', 'the answer reader; all compares them')
        .choices([...READERS.map(({ id }) => id), ALL])
        .default('rationale'),
    )
    .addOption(
      numberOption(
        '--index-base <n>',
        'the index that the prompt gave the first choice (default: as the outputs tell)',
        [0, 1],
      ),
    )
    .addOption(
      new Option('--metrics <mode>', 'how the texts of the rationales are scored')
        .choices(METRICS_MODES)
        .default('default'),
    )
    .option(
      '--text-field <name>',
      'the field that holds the text to be scored (default: taken from the output)',
    )
    .addOption(
      new Option('--reference <name>', 'what of the record the text is scored against')
        .choices(REFERENCES)
        .default('lecture+solution'),
    )
    .option(
      '--embeddings <folder>',
      'a sentence-embedding model in ONNX, such as all-MiniLM-L6-v2, for the cosine (default: the setting rationale.embeddings; nothing is downloaded)',
    )
    .addOption(fieldsOption())
    .addOption(checkFormatOption())
    .addOption(failOnOption())
    .action(judge);
}

async function judge(file: string, options: Options): Promise<void> {
  const dataset = openDataset(file, null, options.fields);
  const { pipeline } = dataset;
  sayProblems(dataset);
  const joined = joinedOutputs(pipeline, file, options.outputs, options.outputField);
  const isAll = options.reader === ALL;
  const asked = askedOf(pipeline, joined, options.indexBase, isAll ? 'rationale' : options.reader);
  const others = opinionsOf(pipeline, file, options.beside);
  const rows = joined.rows.map(({ output, source }) => {
    const result = pipeline.judging.judgeOutput(source, foreignPrediction(output), asked, others.get(source));
    // A person has read it and wants no findings of it any more; it counts all the same.
    const findings = output.isReviewed ? [] : result.findings;
    const confidence = statedConfidence(output.fields);
    return { row: output.row, output, source, result: { ...result, findings }, confidence };
  });
  // Services that take findings take no numbers.
  const asksNumbers = ['text', 'json', 'jsonl'].includes(options.format);
  const readings = rows.map(({ source, result: { prediction, judgement } }) => ({
    output: prediction.output,
    rationale: judgement.rationale,
    choices: source.record.choices,
    answer: source.record.answer,
    indexBase: asked.indexBase ?? null,
    baseSource: asked.baseSource ?? 'prompt',
  }));
  const scored = rows.map(({ output, source, result }) => ({
    output,
    source,
    rationale: result.judgement.rationale,
  }));
  const embeddings = options.embeddings ?? workspaceEmbeddings(resolve(file));
  const embedder = embeddings === null ? null : sentenceEmbedder(embeddings);
  const judged: JudgedFile = {
    file: options.outputs,
    rows,
    readings: isAll && asksNumbers ? readAll(readings) : null,
    texts:
      options.metrics === 'none' || !asksNumbers
        ? null
        : await scoreTexts(scored, options.metrics, options.reference, options.textField, embedder),
    places: () => outputPlaces(options.outputs, joined.text, joined.outputField),
    recordPlace: (source: RecordSource) => locateRecord(dataset, source),
  };
  const check = {
    command: 'judge',
    version: ownVersion(),
    root: process.cwd(),
    failOn: options.failOn,
  } as const;
  process.stdout.write(judgeOutput(judged, options.format, check));
  const failing = rows.some(({ result }) =>
    result.findings.some((finding) => atLeast(finding.severity, options.failOn)),
  );
  process.exitCode = failing ? EXIT.findings : EXIT.done;
}

/** Names that outputs files give to how sure the model is. */
const CONFIDENCE_FIELDS = ['confidence', 'probability'];

/** How sure an output's model says to be; null when it says nothing, or nothing between 0 and 1. */
function statedConfidence(fields: Readonly<Record<string, unknown>>): number | null {
  const stated = CONFIDENCE_FIELDS.map((name) => fields[name]).find((value) => typeof value === 'number');
  return typeof stated === 'number' && stated >= 0 && stated <= 1 ? stated : null;
}
