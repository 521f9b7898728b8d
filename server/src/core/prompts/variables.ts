import type { DatasetRecord } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import type { Variables } from './bounded.ts';
import type { OfferedVariable, PromptFile, Setting } from './types.ts';

export const SETTINGS: readonly Setting[] = [1, 2, 3, 4];

/** The fields that settings tell apart, and those every setting holds (scientific-reasoning, section 4). */
const WITH_LECTURE: readonly Setting[] = [2, 3];
const WITH_SOLUTION: readonly Setting[] = [3, 4];

/** What a prompt file lets its template see, and by which names. */
export type Offering = Pick<PromptFile, 'setting' | 'gold'> & Partial<Pick<PromptFile, 'fields'>>;

export interface Showing extends Offering {
  readonly image: string | null;
}

/** What a template may ask for by name. A field the setting withholds is not there at all. */
export function variablesOf(record: DatasetRecord, showing: Showing): Record<string, unknown> {
  const variables = fieldsOf(record, showing);
  for (const [name, field] of Object.entries(showing.fields ?? {})) {
    if (Object.hasOwn(variables, field)) variables[name] = variables[field];
  }
  return variables;
}

function fieldsOf(record: DatasetRecord, { setting, image, gold }: Showing): Record<string, unknown> {
  const { id, question, hint, caption, task, grade, subject, topic, category, skill } = record;
  const variables: Record<string, unknown> = {
    ...{ id, question, hint, caption, task, grade, subject, topic, category, skill, image },
    choices: [...record.choices],
    letters: record.choices.map((_choice, index) => choiceLetter(index)),
  };
  if (WITH_LECTURE.includes(setting)) variables.lecture = record.lecture;
  if (WITH_SOLUTION.includes(setting)) variables.solution = record.solution;
  const answerText = record.answer === null ? undefined : record.choices[record.answer];
  if (gold && record.answer !== null && answerText !== undefined) {
    variables.answer = record.answer;
    variables.answer_letter = choiceLetter(record.answer);
    variables.answer_text = answerText;
  }
  return variables;
}

/** Whether a setting withholds one of the fields that settings tell apart. */
export function isWithheldBy(setting: Setting, field: 'lecture' | 'solution'): boolean {
  return !(field === 'lecture' ? WITH_LECTURE : WITH_SOLUTION).includes(setting);
}

/** Fields the setting withholds or the record leaves empty, in the order of the settings. */
export function omittedFields(record: DatasetRecord, { setting, image }: Showing): string[] {
  const shown: readonly (readonly [string, boolean])[] = [
    ['question', record.question !== ''],
    ['choices', record.choices.length > 0],
    ['hint', record.hint !== ''],
    ['image', image !== null],
    ['task', record.task !== ''],
    ['lecture', WITH_LECTURE.includes(setting) && record.lecture !== ''],
    ['solution', WITH_SOLUTION.includes(setting) && record.solution !== ''],
  ];
  return shown.filter(([, isShown]) => !isShown).map(([field]) => field);
}

/** Variables to try a template on: those of a record that has everything, and of one that has only choices. */
export function sampleVariables(offering: Offering): Variables[] {
  const names = [
    'hint',
    'caption',
    'task',
    'grade',
    'subject',
    'topic',
    'category',
    'skill',
    'lecture',
    'solution',
  ] as const;
  type Text = Record<(typeof names)[number], string>;
  const all = (text: string) => Object.fromEntries(names.map((name) => [name, text])) as Text;
  const fixed = { id: '1', question: 'q', choices: ['a', 'b'], answer: 0, split: null };
  return [
    variablesOf({ ...fixed, ...all('text'), image: 'image.png' }, { ...offering, image: 'image.png' }),
    variablesOf({ ...fixed, ...all(''), image: null }, { ...offering, image: null }),
  ];
}

/** Every name by which a record's fields can be asked for, and which of them are withheld. */
export function offeredVariables(offering: Offering): OfferedVariable[] {
  const namesIn = (other: Offering) => Object.keys(sampleVariables(other)[0] as Variables);
  const { fields = {} } = offering;
  const here = new Set(namesIn(offering));
  const bySetting = SETTINGS.map((setting) => ({
    setting,
    names: new Set(namesIn({ setting, gold: true, fields })),
  }));
  return namesIn({ setting: 3, gold: true, fields }).map((name) => {
    const field = Object.hasOwn(fields, name) ? (fields[name] as string) : name;
    return {
      name,
      field,
      isWithheld: !here.has(name),
      tells: field === 'solution' ? 'solution' : field.startsWith('answer') ? 'answer' : null,
      settings: bySetting.filter(({ names }) => names.has(name)).map(({ setting }) => setting),
    };
  });
}
