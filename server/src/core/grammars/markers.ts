/**
 * What would be taken for something else than the text that it stands in: a stage's tag, the end of thinking, the
 * turn of another speaker. An output that is held to a format holds none of it where the format has none.
 */
import { STAGE_NAMES } from '../rationales/types.ts';
import { anySpace } from './characters.ts';
import type { Expressions, Node } from './expressions.ts';

/** Tags besides the stages' in which answers and thoughts are looked for. */
const OTHER_TAGS = [
  'answer',
  'ans',
  'choice',
  'option',
  'think',
  'thinking',
  'thought',
  'thoughts',
  'seed:think',
];
const FINAL = ['final', 'final ', 'final-', 'final_'];
const END_WORDS = ['s', '/s', 'eos', 'bos', 'pad', 'start_of_turn', 'end_of_turn', 'end_of_utterance'];
const SPEAKERS = [
  'USER',
  'User',
  'ASSISTANT',
  'Assistant',
  'SYSTEM',
  'Human',
  'HUMAN',
  'Question',
  'QUESTION',
];
const HEADINGS = ['Question', 'Instruction', 'Input', 'Human', 'User', 'Response', 'Assistant'];

/** A tag that the answer reader knows, opening or closing. */
export function tag(x: Expressions): Node {
  const space = x.maybe(anySpace(x));
  const names = [...STAGE_NAMES, ...OTHER_TAGS].map((name) => x.word(name));
  const final = x.maybe(x.either(...FINAL.map((name) => x.word(name))));
  const slash = x.maybe(x.sequence(x.maybe(x.text('\\')), x.text('/')));
  return x.sequence(x.text('<'), space, slash, space, final, x.either(...names), space, x.text('>'));
}

/** What opens or ends a turn, anywhere. */
export function turnToken(x: Expressions): Node {
  const texts = (all: readonly string[]) => x.either(...all.map((one) => x.text(one)));
  return x.either(
    x.text('<|'),
    x.text('<｜'),
    x.sequence(x.text('<'), texts(END_WORDS), x.text('>')),
    texts(['[INST]', '[/INST]', '<<SYS>>', '<</SYS>>', '◁/think▷']),
    x.word('[/THINK]'),
  );
}

/** What names another speaker at the beginning of a line. */
export function speaker(x: Expressions): Node {
  const texts = (all: readonly string[]) => x.either(...all.map((one) => x.text(one)));
  const blank = x.anyNumber(x.oneOf(' \t'));
  const marks = x.anyNumber(x.oneOf('*_'));
  const number = x.maybe(x.sequence(blank, x.oneOf('0123456789'), x.upTo(2, x.oneOf('0123456789'))));
  const colon = x.either(x.text(':'), x.text('：'));
  const named = x.sequence(marks, texts(SPEAKERS), number, marks, blank, colon);
  const heading = x.sequence(
    x.text('##'),
    x.maybe(x.text('#')),
    x.maybe(x.text('#')),
    blank,
    texts(HEADINGS),
  );
  return x.sequence(blank, x.either(named, heading));
}
