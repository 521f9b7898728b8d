import type { Method } from '../../server/src/core/judgements/methods/method.ts';
import type { Reader } from '../../server/src/core/judgements/readers/reader.ts';
import { cell, fenced, notice } from './rule-pages.ts';

/** The page on how answers are read, from the tables of methods and readers themselves. */
export function answerReadingPage(methods: readonly Method[], readers: readonly Reader[]): string {
  const own = readers[0]!;
  const order = methods.map(({ id, confidence }) => `| [${id}](#${id}) | ${confidence} |`);
  return `${notice('server/src/core/judgements/')}
# How answers are read

The answer reader \`${own.id}\` (version ${own.version}) maps an output to one of its record's choices. The methods are asked in the order below; the first whose form is there decides. It never guesses: when two choices fit, none is taken, and both are shown. Every reading names its method, the characters it was read from, and a confidence, which orders the methods and is no probability.

What is read is the model's own turn: what another speaker says, and all that follows it, is no answer, and text behind a stop token is one only where nothing could be read before it. Letters run from A to Z; a number counts choices from the index that the prompt began with. Where that is not known, a number is read only if it fits one of 0 and 1, and the reading says that the base was assumed. An output that begins by saying it cannot answer is read only where it then names an answer outright.

| method | confidence |
| --- | --- |
${order.join('\n')}

${methods.map(section).join('\n')}
# Readers

A number depends on who read the answers. \`judge --reader\` reads by one of these rules. The rules of other projects are written anew from what they publish; an output they would give a random choice, or hand to another model, is one without an answer.

| reader | version | reads | published in |
| --- | --- | --- | --- |
${readers.map(({ id, version, what, source }) => `| ${id} | ${version} | ${cell(what)} | ${cell(source)} |`).join('\n')}
`;
}

function section({ id, what, example, among }: Method): string {
  const [choice, choices] = among ? [among[0], among] : ['repel', ['attract', 'repel']];
  const of = choices.map((text) => `"${text}"`).join(' and ');
  return `## ${id}\n\n${what}\n\n${fenced(example, 'text')}\n\nWith the choices ${of}: "${choice}".\n`;
}
