/**
 * `npm run precision`: how often the output rules are right on real outputs that a person has read, as a Markdown
 * table. `npm run precision -- --draw RULE [SEED]` draws 20 outputs the rule speaks on and 20 it passes over, to be
 * read; the verdicts go to `test/cases/rule-verdicts.json`, without the texts.
 */
import { randomIntegers } from '../server/src/core/random.ts';
import { hasRealOutputs, OUTPUT_RULES, type RealOutput, readRealOutputs } from './precision/real-outputs.ts';
import { precisionOf, precisionTable, readVerdicts } from './precision/verdicts.ts';

const DRAWN = 20;

/** Draws without replacement; the same seed draws the same outputs. */
function draw(from: readonly RealOutput[], seed: number): RealOutput[] {
  const next = randomIntegers(seed);
  const left = [...from];
  const drawn: RealOutput[] = [];
  while (drawn.length < DRAWN && left.length > 0) drawn.push(...left.splice(next() % left.length, 1));
  return drawn;
}

function show(rule: string, { file, row, context, findings }: RealOutput): string {
  const { choices, answer } = context.source.record;
  const found = findings.find((finding) => finding.rule === rule);
  return [
    `${file} ${row}${found ? `: ${found.message}` : ''}`,
    `  ${JSON.stringify(context.prediction.output)}`,
    `  choices ${JSON.stringify(choices)}, gold ${answer}, read ${context.judgement.reading.choice}`,
  ].join('\n');
}

const [command, rule = '', seed = '1'] = process.argv.slice(2);
if (!hasRealOutputs()) {
  console.error('The real outputs are not beside this repository: there is nothing to measure.');
  process.exitCode = 2;
} else if (command === '--draw' && OUTPUT_RULES.includes(rule)) {
  const speaks = ({ findings }: RealOutput) => findings.some((finding) => finding.rule === rule);
  const [hits = [], others = []] = [true, false].map((wanted) =>
    draw(
      readRealOutputs().filter((output) => speaks(output) === wanted),
      Number(seed),
    ),
  );
  console.log(['Speaks on:', ...hits.map((hit) => show(rule, hit))].join('\n'));
  console.log(['\nPasses over:', ...others.map((other) => show(rule, other))].join('\n'));
} else if (command === undefined) {
  const outputs = readRealOutputs();
  const rows = Object.entries(readVerdicts()).map(([id, verdicts]) => precisionOf(id, verdicts, outputs));
  console.log(precisionTable(rows));
} else {
  console.error(
    `Usage: npm run precision [-- --draw RULE [SEED]], with RULE one of ${OUTPUT_RULES.join(', ')}.`,
  );
  process.exitCode = 2;
}
