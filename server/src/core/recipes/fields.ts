/**
 * The one definition of recipes: every key with its type, unit, default and meaning. The reader, the findings, the
 * hovers, the completions, `docs/recipes.md` and the JSON Schema that the trainer checks all come from here.
 */
import type { ObjectiveKind } from './types.ts';

export type FieldType =
  | { readonly kind: 'text' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'number'; readonly whole: boolean; readonly minimum: number; readonly maximum: number }
  | { readonly kind: 'one'; readonly values: readonly Value[] }
  /** A list; where `single` is true, one text does as well. */
  | { readonly kind: 'texts'; readonly single: boolean; readonly values?: readonly Value[] }
  | { readonly kind: 'numbers'; readonly length: number };

/** A value with what it means, in a few words. */
export type Value = readonly [value: string, meaning: string];

export interface Field {
  /** Path of the key: `optimiser.learning_rate`. */
  readonly key: string;
  readonly type: FieldType;
  /** What it is, in a sentence. */
  readonly doc: string;
  /** Empty for what has none. */
  readonly unit: string;
  /** What holds where the key is left out; undefined: it must be there. Null: nothing, as `doc` says. */
  readonly default?: unknown;
  /** What holds in its place with single values of the key that `only` names. */
  readonly defaultWith?: Readonly<Record<string, unknown>>;
  /** The key that decides whether this one is asked for at all, and the values for which it is. */
  readonly only?: { readonly key: string; readonly values: readonly string[] };
}

const text: FieldType = { kind: 'text' };
const flag: FieldType = { kind: 'flag' };
const texts: FieldType = { kind: 'texts', single: false };
const oneOrMore: FieldType = { kind: 'texts', single: true };
const one = (...values: readonly Value[]): FieldType => ({ kind: 'one', values });
const several = (...values: readonly Value[]): FieldType => ({ kind: 'texts', single: false, values });
const number = (minimum: number, maximum: number): FieldType => {
  return { kind: 'number', whole: false, minimum, maximum };
};
const whole = (minimum: number, maximum = 1e9): FieldType => {
  return { kind: 'number', whole: true, minimum, maximum };
};

const ofObjective = (...values: readonly ObjectiveKind[]) => ({ key: 'objective.kind', values });
const ofAdapter = (...values: readonly string[]) => ({ key: 'adapter.kind', values });

/** Objectives that learn from the teacher's token probabilities, and so need its weights. */
export const LOGIT_KINDS: readonly ObjectiveKind[] = ['forward-kl', 'reverse-kl', 'js', 'taid', 'uld'];
/** Objectives that learn from right and wrong rationales of the same record. */
export const PAIR_KINDS: readonly ObjectiveKind[] = ['dpo', 'redi'];

/** Every key, in the order in which a recipe is best written. */
export const FIELDS: readonly Field[] = [
  {
    key: 'student',
    type: text,
    unit: '',
    doc: 'The model to train: a model folder (Hugging Face, or exported to ONNX), an id of `rationale models list`, or a repository of a hub, as “owner/name”.',
  },
  {
    key: 'teacher.run',
    type: oneOrMore,
    unit: '',
    default: null,
    doc: 'Stored runs (`rationale report` lists them) whose outputs are the rationales to learn; nothing where it is left out.',
  },
  {
    key: 'teacher.outputs',
    type: text,
    unit: '',
    default: null,
    doc: 'In place of a run: a file of the teacher’s outputs, made by whatever program, that names records of the dataset.',
  },
  {
    key: 'teacher.model',
    type: text,
    unit: '',
    default: null,
    doc: 'The teacher’s own weights, for objectives that learn from its token probabilities: a folder, an id or a repository, as for `student`.',
  },
  {
    key: 'data.dataset',
    type: text,
    unit: '',
    doc: 'The dataset file. Paths count from the recipe’s folder.',
  },
  {
    key: 'data.split',
    type: text,
    unit: '',
    default: 'train',
    doc: 'The split to learn from; `null` for every record.',
  },
  {
    key: 'data.filter.image',
    type: flag,
    unit: '',
    default: null,
    doc: '`true`: only records with an image; `false`: only those without; both where it is left out.',
  },
  {
    key: 'data.filter.subject',
    type: oneOrMore,
    unit: '',
    default: null,
    doc: 'Only records of these subjects; all where it is left out.',
  },
  {
    key: 'data.filter.topic',
    type: oneOrMore,
    unit: '',
    default: null,
    doc: 'Only records of these topics; all where it is left out.',
  },
  {
    key: 'data.filter.pass_rate',
    type: { kind: 'numbers', length: 2 },
    unit: 'shares, 0 to 1',
    default: null,
    doc: 'Only records of whose teacher’s outputs a share between these two is right, as in `[0.1, 0.9]`: neither what the teacher always has right nor what it hardly ever has. A side file of `rationales` tells it of all samples that were taken. All records where it is left out.',
  },
  {
    key: 'data.limit',
    type: whole(1),
    unit: 'records',
    default: null,
    doc: 'Only the first so many of the selected records; all where it is left out.',
  },
  {
    key: 'prompt',
    type: text,
    unit: '',
    default: 'setting-1',
    doc: 'The prompt file that asks, in training and afterwards: a path, or the name of one beside the dataset or shipped.',
  },
  {
    key: 'target',
    type: one(
      ['answer', 'the gold answer alone, as the prompt’s format asks for it'],
      ['solution', 'the record’s solution, which need not say the answer'],
      ['solution-answer', 'the solution and then the gold answer'],
      ['rationale', 'the teacher’s output as it is'],
      ['rationale-answer', 'the teacher’s rationale with the gold answer as its conclusion'],
    ),
    unit: '',
    doc: 'What the student learns to write after the prompt.',
  },
  {
    key: 'objective.kind',
    type: one(
      ['sft', 'cross-entropy on the target alone (svrd, equation 1)'],
      ['two-task', 'cross-entropy on the answer, plus `weight` times that on the rationale'],
      ['forward-kl', 'cross-entropy and the teacher’s token probabilities, forward Kullback–Leibler'],
      ['reverse-kl', 'the same with the reverse divergence, which seeks the teacher’s modes'],
      ['js', 'the same with the Jensen–Shannon divergence'],
      ['taid', 'a target that moves from the student to the teacher as training goes on'],
      ['uld', 'universal logit distillation, for a teacher with another tokenizer'],
      ['dpo', 'pairs of a right and a wrong rationale of the same record'],
      ['redi', 'the same pairs without a reference model'],
    ),
    unit: '',
    default: 'sft',
    doc: 'What is minimised.',
  },
  {
    key: 'objective.keep',
    type: one(
      ['correct', 'only rationales that conclude with the gold answer'],
      ['all', 'every rationale'],
      ['weighted', 'every rationale, the wrong ones with `wrong_weight`'],
    ),
    unit: '',
    default: 'correct',
    only: ofObjective('sft', 'two-task', ...LOGIT_KINDS),
    doc: 'Which of the teacher’s rationales are learnt.',
  },
  {
    key: 'objective.wrong_weight',
    type: number(0, 1),
    unit: 'share of a right one',
    default: 0.1,
    only: ofObjective('sft', 'two-task', ...LOGIT_KINDS),
    doc: 'How much a rationale counts that does not conclude with the gold answer, with `keep: weighted`.',
  },
  {
    key: 'objective.weight',
    type: number(0, 100),
    unit: '',
    default: 0.5,
    only: ofObjective('two-task', 'forward-kl', 'reverse-kl', 'js', 'uld'),
    doc: 'λ: of the rationale’s loss beside the answer’s (`two-task`), or of the distillation term, with 1 − λ for the cross-entropy.',
  },
  {
    key: 'objective.temperature',
    type: number(0.01, 100),
    unit: '',
    default: 2,
    only: ofObjective(...LOGIT_KINDS),
    doc: 'The temperature at which teacher and student are compared.',
  },
  {
    key: 'objective.top_k',
    type: whole(1, 100_000),
    unit: 'tokens',
    default: null,
    only: ofObjective('forward-kl', 'reverse-kl', 'js', 'taid'),
    doc: 'So many of the teacher’s most probable tokens are kept for each position beforehand, so that the teacher need not sit in memory; where it is left out, the teacher stays and gives whole distributions.',
  },
  {
    key: 'objective.alpha',
    type: number(0, 1),
    unit: '',
    default: 0.8,
    defaultWith: { taid: 0.4 },
    only: ofObjective('taid', 'redi'),
    doc: 'Where the interpolation begins (`taid`), or how much the wrong rationale counts beside the right one (`redi`).',
  },
  {
    key: 'objective.beta',
    type: number(0, 10),
    unit: '',
    default: 0.1,
    defaultWith: { js: 0.5 },
    only: ofObjective('dpo', 'js'),
    doc: 'How closely the student is held to where it started (`dpo`), or the teacher’s share of the mixture, between 0 and 1 (`js`).',
  },
  {
    key: 'adapter.kind',
    type: one(
      ['none', 'the model’s own weights are trained'],
      ['lora', 'low-rank matrices beside the weights (Hu et al., 2021)'],
      ['prefix', 'virtual tokens before every layer’s keys and values (Li & Liang, 2021)'],
    ),
    unit: '',
    default: 'none',
    doc: 'What is trained: the weights themselves, or something small beside them.',
  },
  {
    key: 'adapter.rank',
    type: whole(1, 4096),
    unit: '',
    default: 8,
    only: ofAdapter('lora'),
    doc: 'The rank r of the matrices.',
  },
  {
    key: 'adapter.alpha',
    type: number(0.01, 4096),
    unit: '',
    default: 16,
    only: ofAdapter('lora'),
    doc: 'α: the matrices’ product is scaled by α / r.',
  },
  {
    key: 'adapter.dropout',
    type: number(0, 0.99),
    unit: 'share',
    default: 0.05,
    only: ofAdapter('lora'),
    doc: 'How much of an adapter’s input is dropped in training.',
  },
  {
    key: 'adapter.modules',
    type: texts,
    unit: '',
    default: ['q_proj', 'v_proj'],
    only: ofAdapter('lora'),
    doc: 'The linear layers of the text model that get matrices, by the last part of their names. The vision tower never does.',
  },
  {
    key: 'adapter.tokens',
    type: whole(1, 4096),
    unit: 'virtual tokens',
    default: 50,
    only: ofAdapter('prefix'),
    doc: 'The length of the prefix.',
  },
  {
    key: 'frozen',
    type: several(
      ['vision', 'the vision tower; its features are then computed once'],
      ['projector', 'what leads from vision to text'],
      ['text', 'the text model'],
      ['embeddings', 'the token embeddings'],
    ),
    unit: '',
    default: ['vision'],
    doc: 'The parts that stay as they are.',
  },
  {
    key: 'optimiser.kind',
    type: one(['adamw', 'Adam with decoupled weight decay'], ['adam', 'Adam']),
    unit: '',
    default: 'adamw',
    doc: 'The optimiser.',
  },
  {
    key: 'optimiser.learning_rate',
    type: number(0, 1),
    unit: '',
    default: 2e-4,
    doc: 'The peak learning rate.',
  },
  {
    key: 'optimiser.betas',
    type: { kind: 'numbers', length: 2 },
    unit: '',
    default: [0.9, 0.999],
    doc: 'The decay of the two moments, β₁ and β₂.',
  },
  {
    key: 'optimiser.weight_decay',
    type: number(0, 1),
    unit: '',
    default: 0,
    doc: 'Weight decay.',
  },
  {
    key: 'optimiser.clip',
    type: number(0, 1e6),
    unit: '',
    default: 1,
    doc: 'The gradient norm above which gradients are scaled down; 0 never does.',
  },
  {
    key: 'schedule.kind',
    type: one(
      ['constant', 'the peak to the end'],
      ['linear', 'down to 0 in a line'],
      ['cosine', 'down to 0 along a cosine'],
    ),
    unit: '',
    default: 'constant',
    doc: 'How the learning rate goes on after the warm-up.',
  },
  {
    key: 'schedule.warmup',
    type: whole(0),
    unit: 'steps',
    default: 0,
    doc: 'Steps in which the learning rate rises from 0 to its peak.',
  },
  {
    key: 'epochs',
    type: whole(1, 100_000),
    unit: 'passes over the records',
    default: 1,
    doc: 'How often every example is seen.',
  },
  {
    key: 'batch',
    type: whole(1, 100_000),
    unit: 'examples',
    default: 16,
    doc: 'Examples in memory at once.',
  },
  {
    key: 'accumulation',
    type: whole(1, 100_000),
    unit: 'batches',
    default: 1,
    doc: 'Batches whose gradients make one step.',
  },
  {
    key: 'precision',
    type: one(
      ['fp32', 'single precision'],
      ['bf16', 'bfloat16, on GPUs that have it'],
      ['fp16', 'half precision with loss scaling'],
    ),
    unit: '',
    default: 'fp32',
    doc: 'The numbers that are computed with.',
  },
  {
    key: 'lengths.prompt',
    type: whole(1, 1_000_000),
    unit: 'tokens',
    default: 1024,
    doc: 'The longest prompt, image tokens included; a longer one is a finding, nothing is cut off silently.',
  },
  {
    key: 'lengths.target',
    type: whole(1, 1_000_000),
    unit: 'tokens',
    default: 512,
    doc: 'The longest target, its end token included.',
  },
  {
    key: 'seed',
    type: whole(0, 2 ** 32 - 1),
    unit: '',
    default: 0,
    doc: 'Of all that is random: order, dropout, new weights.',
  },
  {
    key: 'evaluation.split',
    type: text,
    unit: '',
    default: 'val',
    doc: 'The split whose records the student answers while it learns; `null` for every record.',
  },
  {
    key: 'evaluation.records',
    type: whole(0, 100_000),
    unit: 'records',
    default: 32,
    doc: 'So many of them, always the same; 0 for none.',
  },
  {
    key: 'evaluation.every',
    type: whole(1),
    unit: 'steps',
    default: 50,
    doc: 'How often they are answered.',
  },
  {
    key: 'evaluation.new_tokens',
    type: whole(1, 100_000),
    unit: 'tokens',
    default: 160,
    doc: 'The bound of an answer; decoding is greedy.',
  },
  {
    key: 'evaluation.stop_on_collapse',
    type: flag,
    unit: '',
    default: true,
    doc: 'Whether a student that has come to write nothing, loops or one letter only ends the run.',
  },
  {
    key: 'checkpoint.every',
    type: whole(1),
    unit: 'steps',
    default: 100,
    doc: 'How often everything is saved that a run needs to go on after a kill.',
  },
  {
    key: 'checkpoint.keep',
    type: whole(1, 1000),
    unit: 'checkpoints',
    default: 2,
    doc: 'How many of them are kept, the newest.',
  },
  {
    key: 'export.onnx',
    type: flag,
    unit: '',
    default: true,
    doc: 'Whether the student is exported at the end, so that it runs in the editor.',
  },
  {
    key: 'export.quantise',
    type: several(['fp16', 'half precision'], ['int8', '8-bit integers'], ['q4', '4-bit blocks']),
    unit: '',
    default: [],
    doc: 'Smaller copies to write too; the answers that each of them flips are counted.',
  },
  {
    key: 'export.verify',
    type: whole(0, 100_000),
    unit: 'records',
    default: 32,
    doc: 'On so many records the export must give the same tokens as PyTorch.',
  },
];

/** The field of a key; undefined for a mapping, and for what is none. */
export function fieldOf(key: string): Field | undefined {
  return FIELDS.find((field) => field.key === key);
}

/** The names directly below a mapping, in order. @param parent empty for the whole recipe */
export function keysBelow(parent: readonly string[]): string[] {
  const before = parent.length === 0 ? '' : `${parent.join('.')}.`;
  const below = FIELDS.filter(({ key }) => key.startsWith(before)).map(
    ({ key }) => key.slice(before.length).split('.')[0] as string,
  );
  return [...new Set(below)];
}

/** What a value of the field may be, as people read it. */
export function typeText({ type }: Field): string {
  switch (type.kind) {
    case 'text':
      return 'a text';
    case 'flag':
      return 'true or false';
    case 'number':
      return `a ${type.whole ? 'whole ' : ''}number ${bounds(type)}`;
    case 'one':
      return `one of ${type.values.map(([value]) => value).join(', ')}`;
    case 'texts':
      if (type.values) return `a list of ${type.values.map(([value]) => value).join(', ')}`;
      return type.single ? 'a text or a list of texts' : 'a list of texts';
    case 'numbers':
      return `a list of ${type.length} numbers`;
  }
}

function bounds({ minimum, maximum }: { readonly minimum: number; readonly maximum: number }): string {
  return maximum >= 1e9 ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
}

/** The default as it would be written. */
export function defaultText({ default: value, defaultWith = {} }: Field): string {
  const others = Object.entries(defaultWith).map(([kind, other]) => `, ${other} with ${kind}`);
  if (others.length > 0) return `${value}${others.join('')}`;
  if (value === undefined) return 'none: it must be there';
  if (value === null) return 'nothing';
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}
