import type { Completion, Completions } from '../prompts/completion.ts';
import { yamlPlace } from '../yaml-lines.ts';
import { defaultText, type Field, fieldOf, keysBelow, typeText } from './fields.ts';

/** What can be written at an offset of a recipe: keys that are not there yet, and values. Null where there is nothing. */
export function completeRecipe(text: string, offset: number): Completions | null {
  const place = yamlPlace(text, offset);
  if (!place) return null;
  const span = { start: offset - place.word.length, end: offset + place.rest };
  const items =
    place.at === 'key'
      ? keysBelow(place.parents)
          .filter((name) => !place.siblings.has(name))
          .map((name) => keyItem([...place.parents, name].join('.'), name, place.hasColon))
      : valuesOf(fieldOf([...place.parents, place.key].join('.'))).map(([value, what]) => {
          const newText = place.needsSpace ? ` ${value}` : value;
          return { label: value, kind: 'value', newText, detail: '', what } satisfies Completion;
        });
  return items.length > 0 ? { span, items } : null;
}

function keyItem(key: string, name: string, hasColon: boolean): Completion {
  const field = fieldOf(key);
  return {
    label: name,
    kind: 'key',
    newText: hasColon ? name : `${name}:${field ? ' ' : ''}`,
    detail: field ? typeText(field) : `${keysBelow(key.split('.')).join(', ')}`,
    what: field ? `${field.doc} Default: ${defaultText(field)}.` : '',
  };
}

function valuesOf(field: Field | undefined): readonly (readonly [value: string, what: string])[] {
  if (field?.type.kind === 'one') return field.type.values;
  return field?.type.kind === 'flag'
    ? [
        ['true', field.doc],
        ['false', field.doc],
      ]
    : [];
}
