/** Answers the test split with every seed's students and the teacher, through the command line, and prints one table. */
import { answerTestSplit, rationale } from '../sample-runs.mjs';
import { type Compared, orderSentence, type SeedResult, seedsTable } from './table.ts';

const [models, ...seeds] = process.argv.slice(2);
const teacher = answerTestSplit('sketchbook-teacher');
const results = seeds.map((seed): SeedResult => {
  const [base, distilled] = ['base', 'student'].map((student) =>
    answerTestSplit(`${models}/seed-${seed}-${student}`),
  ) as [string, string];
  return { seed, distilled: compared(base, distilled), teacher: compared(distilled, teacher) };
});
console.log(`\nAccuracy on the test split (95 % Wilson intervals), p of the exact McNemar test:\n`);
console.log(seedsTable(results));
console.log(`\n${orderSentence(results)}`);

/** Ends the program where the two must not be compared. */
function compared(run: string, other: string): Compared {
  const found = rationale('compare', run, other) as Compared;
  if (found.comparable) return found;
  console.error(`${run} and ${other} must not be compared: ${found.reasons.join('; ')}.`);
  process.exit(1);
}
