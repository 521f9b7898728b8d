import type { DatasetRecord } from '../records/types.ts';
import { choiceLetter } from '../text.ts';
import type { Variables } from './template.ts';
import type { OfferedVariable, Setting } from './types.ts';

export const SETTINGS: readonly Setting[] = [1, 2, 3, 4];

/** The fields that settings tell apart, and those every setting holds (scientific-reasoning, section 4). */
const WITH_LECTURE: readonly Setting[] = [2, 3];
const WITH_SOLUTION: readonly Setting[] = [3, 4];

export interface Showing {
  readonly setting: Setting;
  readonly image: string | null;
  readonly gold: boolean;
}

/** What a template may ask for by name. A field the setting withholds is not there at all. */
export function variablesOf(
  record: DatasetRecord,
  { setting, image, gold }: Showing,
): Record<string, unknown> {
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
export function sampleVariables(setting: Setting, gold: boolean): Variables[] {
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
    variablesOf({ ...fixed, ...all('text'), image: 'image.png' }, { setting, gold, image: 'image.png' }),
    variablesOf({ ...fixed, ...all(''), image: null }, { setting, gold, image: null }),
  ];
}

/** Every name that a record offers, and which of them this setting withholds. */
export function offeredVariables(setting: Setting, gold: boolean): OfferedVariable[] {
  const namesIn = (setting: Setting, gold: boolean) =>
    Object.keys(sampleVariables(setting, gold)[0] as Variables);
  const here = new Set(namesIn(setting, gold));
  const bySetting = SETTINGS.map((setting) => ({ setting, names: new Set(namesIn(setting, true)) }));
  return namesIn(3, true).map((name) => ({
    name,
    isWithheld: !here.has(name),
    tells: name === 'solution' ? 'solution' : name.startsWith('answer') ? 'answer' : null,
    settings: bySetting.filter(({ names }) => names.has(name)).map(({ setting }) => setting),
  }));
}
