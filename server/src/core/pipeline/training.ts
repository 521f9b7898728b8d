/** From a recipe and its dataset to the examples that a student learns from: the same prompts as inference. */
import { judge } from '../judgements/judge.ts';
import type { Verdict } from '../judgements/types.ts';
import type { Prediction } from '../models/types.ts';
import type { Pipeline } from '../pipeline.ts';
import { answeringAtOnce } from '../prompts/asking.ts';
import { formatOf } from '../prompts/formats/index.ts';
import { readPromptFile } from '../prompts/prompt-file.ts';
import type { Message, PromptFile } from '../prompts/types.ts';
import { parseRationale } from '../rationales/parse.ts';
import { PAIR_KINDS } from '../recipes/fields.ts';
import { rationaleWithAnswer } from '../recipes/targets.ts';
import type { Recipe } from '../recipes/types.ts';
import { splitOf } from '../records/splits.ts';
import type { DatasetRecord, RecordSource } from '../records/types.ts';
import { choiceLetter, count } from '../text.ts';
import { parseSamples, type SampleOutput, type SampleScores, scoresOf } from '../training/samples.ts';
import { Prompts, refusalOf } from './prompts.ts';
import type { NamedPrompt, TeacherOutput } from './types.ts';

/** One example as the trainer reads it, a line of `examples/*.jsonl`. */
export interface Example {
  readonly id: string;
  readonly messages: readonly ExampleMessage[];
  /** Absolute paths, in the order of the image parts. */
  readonly images: readonly string[];
  /** What is to be written after the prompt, without end token. */
  readonly target: string;
  readonly rejected?: string;
  /** Of the task to answer at once, and how that is asked for. */
  readonly answer_target?: string;
  readonly answer_messages?: readonly ExampleMessage[];
  readonly weight: number;
  readonly choices: readonly string[];
  readonly answer: number | null;
  readonly letter: string | null;
}

interface ExampleMessage {
  readonly role: string;
  readonly content: readonly (
    | { readonly type: 'text'; readonly text: string }
    | { readonly type: 'image' }
  )[];
}

export interface Examples {
  readonly train: readonly Example[];
  readonly evaluation: readonly Example[];
  /** One sentence for each reason for which records were left out. */
  readonly leftOut: readonly string[];
}

/** The records that a recipe selects, in the order of the dataset. */
export function selectRecords(dataset: Pipeline, { data }: Recipe): RecordSource[] {
  const { split, filter, limit } = data;
  const { splits } = dataset.surroundings;
  const selected: RecordSource[] = [];
  for (const { source } of dataset.document.chunks) {
    if (selected.length >= (limit ?? Number.POSITIVE_INFINITY)) break;
    if (!source) continue;
    const { record } = source;
    if (split !== null && splitOf(record, splits) !== split) continue;
    if (filter.image !== null && (record.image !== null) !== filter.image) continue;
    if (filter.subject && !filter.subject.includes(record.subject)) continue;
    if (filter.topic && !filter.topic.includes(record.topic)) continue;
    selected.push(source);
  }
  return selected;
}

/**
 * What the student learns from, and what it is asked while it learns.
 *
 * @param teacher null when the recipe names no outputs of a teacher
 * @throws Error with one sentence when the prompt cannot be used or nothing is left to learn from
 */
export function examplesFor(
  recipe: Recipe,
  dataset: Pipeline,
  prompt: NamedPrompt,
  teacher: readonly TeacherOutput[] | null,
): Examples {
  const file = readPromptFile(prompt.text, prompt.name);
  const [problem] = file.problems;
  if (problem) throw new Error(`The prompt file ${prompt.name} cannot be used: ${problem.message}`);
  const maker = new ExampleMaker(recipe, dataset, file, teacher);
  const train = selectRecords(dataset, recipe).flatMap((source) => maker.toLearn(source));
  const leftOut = [...maker.leftOut].map(([why, n]) => `${count(n, 'record')} left out: ${why}.`);
  if (train.length === 0) {
    const why = leftOut.length > 0 ? ` ${leftOut.join(' ')}` : '';
    throw new Error(`There is nothing to learn from in ${dataset.surroundings.path}.${why}`);
  }
  const { records } = recipe.evaluation;
  const evaluation = selectRecords(dataset, asEvaluation(recipe))
    .flatMap((source) => maker.toAsk(source))
    .slice(0, records);
  return { train, evaluation, leftOut };
}

/** The evaluation's records are selected as the others are, from their own split. */
function asEvaluation(recipe: Recipe): Recipe {
  const { data, evaluation } = recipe;
  return { ...recipe, data: { ...data, split: evaluation.split, limit: null } };
}

class ExampleMaker {
  private readonly recipe: Recipe;
  private readonly prompts: Prompts;
  private readonly prompt: PromptFile;
  private readonly teacher: ReadonlyMap<string, readonly TeacherOutput[]> | null;
  /** Reasons with the number of records they hold for. */
  readonly leftOut = new Map<string, number>();

  constructor(
    recipe: Recipe,
    dataset: Pipeline,
    prompt: PromptFile,
    teacher: readonly TeacherOutput[] | null,
  ) {
    this.recipe = recipe;
    this.prompts = new Prompts(dataset.surroundings, dataset.document, null);
    this.prompt = prompt;
    this.teacher = teacher && Map.groupBy(teacher, ({ recordId }) => recordId);
  }

  toLearn(source: RecordSource): Example[] {
    const asked = this.asked(source);
    if (typeof asked === 'string') return this.leave(asked);
    const unfit = this.outsidePassRate(source);
    if (unfit !== null) return this.leave(unfit);
    const made = PAIR_KINDS.includes(this.recipe.objective.kind) ? this.pairs(source) : this.targets(source);
    if (typeof made === 'string') return this.leave(made);
    const second = this.recipe.objective.kind === 'two-task' ? this.secondTask(source, asked) : {};
    return made.map((target) => ({ ...asked, ...target, ...second }));
  }

  /** Where there is nothing to learn of the record, its gold answer is what the outputs are compared with. */
  toAsk(source: RecordSource): Example[] {
    const asked = this.asked(source);
    if (typeof asked === 'string' || asked.letter === null) return [];
    const made = this.targets(source);
    const { format, order } = this.prompt;
    const first = typeof made === 'string' ? undefined : made[0];
    return [
      { ...asked, target: first?.target ?? formatOf(format).write([], asked.letter, order), weight: 1 },
    ];
  }

  /**
   * The task to answer at once, asked for in words of its own: two tasks with one prompt would contradict each other
   * at the first token.
   */
  private secondTask(source: RecordSource, asked: Asked): Pick<Example, 'answer_target' | 'answer_messages'> {
    if (asked.letter === null) return {};
    const prompt = answeringAtOnce(this.prompt);
    const { messages } = exampleMessages(this.prompts.compose(prompt, source, prompt.setting).messages);
    if (JSON.stringify(messages) === JSON.stringify(asked.messages)) {
      throw new Error(
        `The prompt ${prompt.name} asks for the letter alone, and "two-task" asks for that as a task of its own: train with a prompt that asks for the rationale.`,
      );
    }
    return {
      answer_messages: messages,
      answer_target: formatOf(prompt.format).write([], asked.letter, prompt.order),
    };
  }

  /** Why the record is not learnt, by how often the teacher has it right; null when it is. */
  private outsidePassRate(source: RecordSource): string | null {
    const { pass_rate } = this.recipe.data.filter;
    if (pass_rate === null) return null;
    if (!this.teacher) {
      throw new Error(
        '`data.filter.pass_rate` goes by the outputs of a teacher: name its run or its outputs under `teacher`.',
      );
    }
    const [least = 0, most = 1] = pass_rate;
    const outputs = this.teacher.get(source.record.id) ?? [];
    if (outputs.length === 0) return 'the teacher has no rationale';
    const right = outputs.filter((output) => this.verdictOf(source, output) === 'correct').length;
    const rate = outputs[0]?.passRate ?? right / outputs.length;
    return rate >= least && rate <= most
      ? null
      : 'the teacher’s pass rate is not within `data.filter.pass_rate`';
  }

  private leave(why: string): Example[] {
    this.leftOut.set(why, (this.leftOut.get(why) ?? 0) + 1);
    return [];
  }

  /** Everything of an example but its target, or why there can be none. */
  private asked(source: RecordSource): Asked | string {
    const { messages: shown, image, before } = this.prompts.compose(this.prompt, source, this.prompt.setting);
    if (refusalOf(image) !== null) return 'the image is missing or cannot be read';
    if (before.length > 0) {
      throw new Error(
        `The prompt ${this.prompt.name} asks several questions, one after the other: train with one that asks once.`,
      );
    }
    const letter = goldLetter(source.record);
    const { id, choices, answer } = source.record;
    return { id, ...exampleMessages(shown), choices, answer, letter };
  }

  /** What is to be learnt of a record, one entry for each rationale that is kept. */
  private targets(source: RecordSource): Pick<Example, 'target' | 'weight'>[] | string {
    const { target } = this.recipe;
    const { record } = source;
    const letter = goldLetter(record);
    const { format, order } = this.prompt;
    const written = (solution: string | null) =>
      formatOf(format).write(
        solution === null ? [] : [{ name: 'reasoning', text: solution }],
        letter as string,
        order,
      );
    const needsLetter =
      !['solution', 'rationale'].includes(target) || this.recipe.objective.kind === 'two-task';
    if (letter === null && needsLetter) return 'there is no gold answer';
    if (target === 'answer') return [{ target: written(null), weight: 1 }];
    if (target.startsWith('solution')) {
      const solution = record.solution.trim();
      if (solution === '') return 'the solution is empty';
      const whole = target === 'solution' ? solution : written(solution);
      return [{ target: whole, weight: 1 }];
    }
    const outputs = this.teacher?.get(record.id) ?? [];
    if (outputs.length === 0) return 'the teacher has no rationale';
    const kept = outputs.flatMap((output) => {
      const weight = this.weightOf(this.verdictOf(source, output));
      if (weight === 0) return [];
      const own = output.output.trim();
      const whole =
        target === 'rationale' ? own : rationaleWithAnswer(own, parseRationale(own), letter as string);
      return [{ target: whole, weight }];
    });
    return kept.length > 0 ? kept : 'the teacher’s rationale does not conclude with the gold answer';
  }

  /** Right rationales against wrong ones of the same record; each is used at least once. */
  private pairs(source: RecordSource): Pick<Example, 'target' | 'weight' | 'rejected'>[] | string {
    const outputs = this.teacher?.get(source.record.id) ?? [];
    if (outputs.length === 0) return 'the teacher has no rationale';
    const right = outputs.filter((output) => this.verdictOf(source, output) === 'correct');
    const wrong = outputs.filter((output) => !right.includes(output));
    if (right.length === 0 || wrong.length === 0) return 'there is not both a right and a wrong rationale';
    return Array.from({ length: Math.max(right.length, wrong.length) }, (_, i) => ({
      target: (right[i % right.length] as TeacherOutput).output.trim(),
      rejected: (wrong[i % wrong.length] as TeacherOutput).output.trim(),
      weight: 1,
    }));
  }

  private verdictOf(source: RecordSource, output: TeacherOutput): Verdict {
    return judgedOutput(source.record, output.output, output.mapped).verdict;
  }

  private weightOf(verdict: Verdict): number {
    const { keep, wrong_weight } = this.recipe.objective;
    if (verdict === 'correct' || keep === 'all') return 1;
    return keep === 'weighted' ? (wrong_weight ?? 0) : 0;
  }
}

/** Everything of an example but what is to be learnt. */
type Asked = Omit<Example, 'target' | 'weight'>;

/** Messages as the trainer reads them, with the images apart. */
function exampleMessages(shown: readonly Message[]): Pick<Example, 'messages' | 'images'> {
  const images: string[] = [];
  const messages = shown.map(({ role, content }) => ({
    role,
    content: content.map((part) => {
      if (part.type === 'text') return part;
      images.push(part.path);
      return { type: 'image' as const };
    }),
  }));
  return { messages, images };
}

/** One of the student's outputs, judged. */
export interface JudgedSample extends SampleOutput {
  readonly verdict: Verdict;
  /** The choice that was read, by its letter; null when none was. */
  readonly letter: string | null;
  readonly gold: string | null;
}

/** The outputs of a samples file with what the project's own reader makes of them. */
export function judgeSamples(
  text: string,
  examples: readonly Example[],
): { readonly samples: readonly JudgedSample[]; readonly scores: SampleScores } {
  const byId = new Map(examples.map((example) => [example.id, example]));
  const judged = parseSamples(text).flatMap((sample) => {
    const example = byId.get(sample.id);
    return example ? [{ sample, example, judgement: judgedOutput(example, sample.output) }] : [];
  });
  const asksForStages = examples.some(({ target }) => /<CONCLUSION>/.test(target));
  return {
    samples: judged.map(({ sample, example, judgement: { verdict, reading } }) => ({
      ...sample,
      verdict,
      letter: reading.choice === null ? null : choiceLetter(reading.choice),
      gold: example.letter,
    })),
    scores: scoresOf(
      judged.map(({ judgement }) => judgement),
      asksForStages,
    ),
  };
}

type Judged = Pick<DatasetRecord, 'id' | 'choices' | 'answer'>;

function judgedOutput({ id, choices, answer }: Judged, output: string, mapped?: number) {
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  const prediction: Prediction = { key: '', output, finishReason: 'unknown', usage, mapped };
  return judge({ recordId: id, choices, answer, prediction, rationale: parseRationale(output) });
}

function goldLetter({ answer, choices }: DatasetRecord): string | null {
  return answer !== null && choices[answer] !== undefined ? choiceLetter(answer) : null;
}
