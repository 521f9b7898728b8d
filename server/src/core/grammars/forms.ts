/** A grammar as servers take it: a list of texts, a JSON schema, or a pattern. */
import { type Grammar, type GrammarForm, MOST_SPACE, type ObjectField, type Piece } from './types.ts';

/** Of a model whose tokens are chosen by a process of ours: it can be held to any grammar. */
export const ALL_FORMS: readonly GrammarForm[] = ['choice', 'json', 'regex'];

/** The form that says all of a grammar. */
export function formOf([only, ...others]: Grammar): GrammarForm {
  if (others.length > 0) return 'regex';
  if (only?.kind === 'one-of') return 'choice';
  return only?.kind === 'object' ? 'json' : 'regex';
}

/** The grammar in its form. */
export function written(grammar: Grammar): readonly string[] | object | string {
  const [only] = grammar;
  if (only?.kind === 'one-of' && grammar.length === 1) return only.texts;
  if (only?.kind === 'object' && grammar.length === 1) return schemaOf(only.fields);
  return grammar.map(patternOf).join('');
}

/** Every text that stands in it as it is. */
export function fixedTexts(grammar: Grammar): string[] {
  return grammar.flatMap((piece) => {
    switch (piece.kind) {
      case 'literal':
        return [piece.text];
      case 'one-of':
        return piece.texts;
      case 'object':
        return piece.fields.flatMap(({ key, values }) => [
          `"${key}":`,
          ...(values ?? []).map((one) => `"${one}"`),
        ]);
      default:
        return [];
    }
  });
}

function schemaOf(fields: readonly ObjectField[]): object {
  const properties = fields.map(({ key, values }) => [
    key,
    values ? { type: 'string', enum: values } : { type: 'string' },
  ]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    required: fields.map(({ key }) => key),
    additionalProperties: false,
  };
}

function patternOf(piece: Piece): string {
  switch (piece.kind) {
    case 'literal':
      return escaped(piece.text);
    case 'one-of':
      return `(${piece.texts.map(escaped).join('|')})`;
    case 'text':
      return '[^<]+';
    case 'space':
      return `\\s{0,${MOST_SPACE}}`;
    case 'object':
      return `\\{${piece.fields.map(fieldPattern).join(', ?')}\\}`;
  }
}

function fieldPattern({ key, values }: ObjectField): string {
  const value = values ? `(${values.map(escaped).join('|')})` : '([^"\\\\<]|\\\\.)+';
  return `"${escaped(key)}": ?"${value}"`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
