import type { TrainedPrompt } from '../../models/types.ts';
import type { PromptFile } from '../../prompts/types.ts';
import type { Span } from '../../span.ts';
import { quote } from '../../text.ts';
import { firstLine } from '../prompt-places.ts';
import { type Difference, firstDifference, likeness } from '../template-difference.ts';
import type { PromptContext, PromptRule, Report } from '../types.ts';

export const trainTemplateMismatch: PromptRule = {
  id: 'train-template-mismatch',
  scope: 'prompt',
  severity: 'warning',
  docs: {
    what: 'A prompt for a model whose folder says with which templates it was trained (training.json), when it is none of them. Models meant are those that the file names, and those that have been run with it.',
    why: 'A small fine-tuned model answers well only in the words it was trained with: another heading or order of the fields costs accuracy, and it looks like the model’s fault.',
    example:
      '---\nmodel: sketchbook-student\n---\nuser:\nPlease answer this: {{ question }}\nOptions: {{ choices|join(", ") }}',
    fix: 'Use the template that the finding names, or train the model with this one.',
  },
  check({ file, trained }) {
    const found = trained.flatMap(({ model, prompts }) => {
      const mismatch = mismatchWith(file, prompts);
      return mismatch ? [{ model, ...mismatch }] : [];
    });
    // Models of one training differ alike.
    return [...Map.groupBy(found, ({ span, says }) => `${span.start} ${span.end} ${says}`).values()].map(
      (same): Report => {
        const [{ span, says }] = same as [(typeof found)[number]];
        const models = same.map(({ model }) => model).join(', ');
        const were = same.length === 1 ? 'was' : 'were';
        return { message: `${models} ${were} not trained with this prompt: ${says}`, span };
      },
    );
  },
};

function mismatchWith(
  file: PromptFile,
  prompts: PromptContext['trained'][number]['prompts'],
): { readonly span: Span; readonly says: string } | null {
  const compared = prompts.map((prompt) => ({
    prompt,
    difference: firstDifference(file.template, prompt.template),
  }));
  const same = compared.filter(({ difference }) => !difference);
  if (same.length === 0) {
    const nearest = compared.toSorted((a, b) => rank(file, b.prompt) - rank(file, a.prompt))[0];
    if (!nearest?.difference) return null;
    return { span: placeOf(file, nearest.difference), says: saysOf(nearest.prompt, nearest.difference) };
  }
  const settings = same.map(({ prompt }) => prompt.setting);
  if (!settings.includes(file.setting)) {
    const says = `its template was trained with setting ${settings.join(' and ')}.`;
    return { span: file.places.setting ?? firstLine(file), says };
  }
  if (file.strategy === null) return null;
  const says = `the template is the one, but the strategy ${quote(file.strategy)} adds to it.`;
  return { span: file.places.strategy ?? firstLine(file), says };
}

/** The prompt that is meant is most like this one; of several, that of its setting. */
function rank(file: PromptFile, { template, setting }: TrainedPrompt): number {
  return likeness(file.template, template) + (setting === file.setting ? 0.5 : 0);
}

function placeOf(file: PromptFile, { span }: Difference): Span {
  const { bodyStart, template } = file;
  // What is missing at the end is missing behind the last character.
  const end = Math.max(1, template.trimEnd().length);
  const start = Math.min(span.start, end - 1);
  return { start: bodyStart + start, end: bodyStart + Math.max(start + 1, Math.min(span.end, end)) };
}

function saysOf({ name }: TrainedPrompt, { here, there }: Difference): string {
  const mine = here === '' ? 'it has nothing' : `it says ${quote(here)}`;
  const theirs = there === '' ? 'nothing' : quote(there);
  return `the nearest, ${quote(name)}, has ${theirs} where ${mine}.`;
}
