/**
 * Grammars and answers that were held to them, for the tests of the worker.
 * stdin: `{}`; stdout: what the worker is given of each way of asking, with two to four choices.
 * stdin: `{"answers": [[way, choices, output]]}`; fails at the first answer that is not read as its format says.
 */
import { text } from 'node:stream/consumers';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import { grammarCompiler } from '../../server/src/inference/transformers/grammars.ts';
import { ASKINGS, assertReads } from '../server/held-answers.ts';
import { textRequest } from '../server/inference-fixtures.ts';

const { answers } = JSON.parse(await text(process.stdin)) as { answers?: [number, number, string][] };
if (answers) {
  for (const [way, choices, output] of answers) assertReads(output, ASKINGS[way]!, choices);
} else {
  const compile = grammarCompiler();
  const held = ASKINGS.map((asking) =>
    [2, 3, 4].flatMap((choices) =>
      compile([{ ...textRequest('', ''), constraint: constraintOf(asking, choices) }]),
    ),
  );
  console.log(JSON.stringify(held));
}
