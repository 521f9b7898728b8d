import { Automaton } from './automaton.ts';
import { character, visible } from './characters.ts';
import { Expressions, type Node } from './expressions.ts';
import { speaker, tag, turnToken } from './markers.ts';
import { type Grammar, MOST_SPACE, type ObjectField, type Piece } from './types.ts';

/** What may follow a backslash in a JSON string, besides `u`. */
const ESCAPED = '"\\/bfnrt';

/**
 * The automaton of a grammar. An answer may begin with one space or line end, as models' own answers do, and ends
 * where the grammar does.
 */
export function compile(grammar: Grammar): Automaton {
  const x = new Expressions();
  const whole = x.sequence(x.maybe(x.oneOf(' \n')), ...grammar.map((piece) => expressionOf(piece, x)));
  return new Automaton(x.both(whole, inOneTurn(x)), x.sets);
}

function inOneTurn(x: Expressions): Node {
  const line = x.sequence(x.maybe(x.sequence(x.anything, x.text('\n'))), speaker(x), x.anything);
  return x.not(x.either(line, x.sequence(x.anything, turnToken(x), x.anything)));
}

function expressionOf(piece: Piece, x: Expressions): Node {
  switch (piece.kind) {
    case 'literal':
      return x.text(piece.text);
    case 'one-of':
      return x.either(...piece.texts.map((text) => x.text(text)));
    case 'space':
      return x.upTo(MOST_SPACE, x.oneOf(' \t\n\r'));
    case 'text':
      return told(
        x.anyNumber(character(x, isPrinted)),
        [tag(x), ...(piece.without ? [x.text(piece.without)] : [])],
        x,
      );
    case 'object':
      return objectOf(piece.fields, x);
  }
}

/** Control characters say nothing. */
function isPrinted(character: string): boolean {
  return character >= ' ' ? character !== '\x7f' : '\n\t'.includes(character);
}

/** The text when something is said in it and none of these occurs. */
function told(text: Node, without: readonly Node[], x: Expressions): Node {
  const found = without.map((one) => x.sequence(x.anything, one, x.anything));
  return x.both(text, visible(x), x.not(x.either(...found)));
}

function objectOf(fields: readonly ObjectField[], x: Expressions): Node {
  const space = x.upTo(MOST_SPACE, x.oneOf(' \t\n\r'));
  const members = fields.flatMap(({ key, values }, i) => [
    ...(i > 0 ? [x.text(','), space] : []),
    x.text(JSON.stringify(key)),
    space,
    x.text(':'),
    space,
    values ? x.either(...values.map((value) => x.text(JSON.stringify(value)))) : stringOf(x),
    space,
  ]);
  return x.sequence(x.text('{'), space, ...members, x.text('}'));
}

function stringOf(x: Expressions): Node {
  const plain = character(x, (one) => one >= ' ' && one !== '"' && one !== '\\');
  const hex = x.oneOf('0123456789abcdefABCDEF');
  const escaped = x.sequence(
    x.text('\\'),
    x.either(x.oneOf(ESCAPED), x.sequence(x.text('u'), hex, hex, hex, hex)),
  );
  return x.sequence(x.text('"'), told(x.anyNumber(x.either(plain, escaped)), [tag(x)], x), x.text('"'));
}
