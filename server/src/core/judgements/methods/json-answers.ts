/** The answer in the JSON of an output: the fields that hold it, and what they say. */
import type { Span } from '../../span.ts';
import { type List, type ObjectValue, type Scalar, type Value, valuesIn } from '../lenient-json.ts';
import { nameAt, type Passage } from '../name.ts';
import type { Found } from './method.ts';
import { readSlot } from './plain.ts';

/** Keys that hold the answer, and keys that do where there is none of these. */
const ANSWER_KEY =
  /^(?:(?:final|correct|predicted|best|the|your|my|model)[ _-]?)*(?:answer|ans|答案|正确答案|回答|respuesta|r[ée]ponse|resposta|risposta|antwort|ответ)(?:[ _-]?(?:index|idx|id|letter|number|text|choice|option|key|label|value|no))?$/i;
const CHOICE_KEY =
  /^(?:(?:final|correct|predicted|best|selected|chosen|suggested|my)[ _-]?)*(?:answers?|choice|option|conclusion|selection|guess|label|predict(?:ion|ed)|response|result|output|选项)(?:[ _-]?(?:index|idx|id|letter|number|text))?$/i;
/** Keys that say which choice, inside an answer that is an object itself. */
const INNER_KEY = /^(?:text|value|letter|option|choices?|label|index|idx|id|name|key|content|number|title)$/i;
/** What may stand before the JSON of an output that is JSON. */
const NOTHING_BEFORE = /^[\s`]*(?:json|JSON)?[\s`]*$/;

/** The fields that hold an answer, in ranks, the most telling first; and whether all of it is valid JSON. */
export interface Answers {
  readonly ranks: readonly (readonly Scalar[])[];
  readonly isSound: boolean;
}

/** Null when no JSON of the passage holds an answer. */
export function answersIn(passage: Passage): Answers | null {
  const values = valuesIn(passage.text, passage.span);
  const objects = values.filter((value) => value.kind === 'object');
  const keyed = [ANSWER_KEY, CHOICE_KEY].map((key) =>
    objects.flatMap((object) => answersUnder(object, key).map((scalar) => ({ scalar, whole: object }))),
  );
  const [first] = values;
  const isAll = first && NOTHING_BEFORE.test(passage.text.slice(passage.span.start, first.span.start));
  const bare = isAll && keyed.flat().length === 0 ? bareAnswers(first, passage) : [];
  const ranks = [...keyed, bare.map((scalar) => ({ scalar, whole: first! }))];
  const whole = new Set(ranks.flat().map((answer) => answer.whole));
  if (whole.size === 0) return null;
  return {
    ranks: ranks.map((answers) => answers.map(({ scalar }) => scalar)),
    isSound: [...whole].every(({ span }) => isSound(passage.text, span)),
  };
}

/** What the fields say; the less telling ones are asked only when the others say nothing. */
export function readAnswers({ ranks }: Answers, passage: Passage): Found[] {
  for (const values of ranks) {
    const found = values.flatMap((value) => readValue(value, passage));
    if (found.length > 0) return found;
  }
  return [];
}

/** The value is read on its own, unescaped; its span is that of the whole value in the output. */
function readValue(answer: Scalar, passage: Passage): Found[] {
  const value: Passage = { ...passage, text: answer.text, span: { start: 0, end: answer.text.length } };
  return readSlot(value).map((found) => ({ ...found, method: 'json', span: answer.span }));
}

/** The values under such a key where it lies least deep. */
function answersUnder(object: ObjectValue, key: RegExp): Scalar[] {
  for (let level: ObjectValue[] = [object]; level.length > 0; level = level.flatMap(innerObjects)) {
    const fields = level.flatMap((inner) => inner.fields.filter((field) => key.test(field.key)));
    if (fields.length > 0) return fields.flatMap((field) => scalars(field.value));
  }
  return [];
}

function innerObjects({ fields }: ObjectValue): ObjectValue[] {
  const values = fields.flatMap(({ value }) => (value.kind === 'list' ? value.items : [value]));
  return values.filter((value) => value.kind === 'object');
}

/** Of an output that is JSON and names no answer in it: its only value, or those that are a choice and nothing else. */
function bareAnswers(value: ObjectValue | List, passage: Passage): Scalar[] {
  if (value.kind === 'object' && value.fields.length > 1 && value.fields.every(isSwitch))
    return switchedOn(value);
  const all = value.kind === 'list' ? value.items : value.fields.map((field) => field.value);
  const inner = all.filter((item) => item.kind === 'scalar');
  if (all.length === 1) return inner;
  return inner.filter(({ text }) => {
    const name = nameAt({ ...passage, text, span: { start: 0, end: text.length } }, 0);
    return name?.by === 'text' && /^\W*$/.test(text.slice(name.span.end));
  });
}

/** `"A": false`. */
function isSwitch({ value }: ObjectValue['fields'][number]): boolean {
  return value.kind === 'scalar' && /^(?:true|false)$/i.test(value.text);
}

/** The names of the choices that are true, where they stand. */
function switchedOn({ fields }: ObjectValue): Scalar[] {
  return fields.flatMap(({ key, value }) =>
    value.kind === 'scalar' && /^true$/i.test(value.text) ? { ...value, text: key } : [],
  );
}

/** What a value comes down to; nothing for an object of several fields of which none says which choice. */
function scalars(value: Value): Scalar[] {
  if (value.kind === 'scalar') return [value];
  if (value.kind === 'list') return value.items.flatMap(scalars);
  const telling = value.fields.filter(({ key }) => INNER_KEY.test(key) || ANSWER_KEY.test(key));
  if (telling.length > 0) return telling.flatMap((field) => scalars(field.value));
  return value.fields.length === 1 ? scalars(value.fields[0]!.value) : [];
}

function isSound(text: string, span: Span): boolean {
  try {
    JSON.parse(text.slice(span.start, span.end));
    return true;
  } catch {
    return false;
  }
}
