import { writeFileSync } from 'node:fs';
import { format } from 'node:util';
import Mocha from 'mocha';
import { REPORT_MARK } from './report-mark.ts';

/** A model's first answer may wait for its sessions to load. */
const TIMEOUT_MS = 120_000;

/** What the extension host calls. Leaves the counts in the file that `RATIONALE_TEST_RESULT` names. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: TIMEOUT_MS, color: false });
  Mocha.reporters.Base.consoleLog = (...line: unknown[]) => console.log(REPORT_MARK + format(...line));
  // The files below register their tests as they load.
  mocha.suite.emit(Mocha.Suite.constants.EVENT_FILE_PRE_REQUIRE, globalThis, 'suite', mocha);
  await import('./activation.test.ts');
  await import('./records.test.ts');
  await import('./annotate.test.ts');
  await import('./outputs.test.ts');
  await import('./prompts.test.ts');
  await import('./rationales.test.ts');
  const failures = await new Promise<number>((resolve) => {
    const runner = mocha.run(resolve);
    runner.once('end', () => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {};
      const counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(process.env.RATIONALE_TEST_RESULT!, JSON.stringify(counts));
    });
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
}
