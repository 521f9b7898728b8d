// Saves predictions one by one, printing the count after each, until somebody kills it.
import { openStore } from '../../server/src/storage/sqlite-store.ts';

const [path, run] = process.argv.slice(2) as [string, string];
const store = openStore(path);
const { id } = store.openRun(JSON.parse(run));
const usage = { promptTokens: 1, imageTokens: 0, outputTokens: 1 };
for (let record = 0; ; record++) {
  store.save([
    {
      runId: id,
      recordId: String(record),
      sample: 0,
      key: `k${record}`,
      output: 'B',
      finishReason: 'stop',
      usage,
    },
  ]);
  process.stdout.write(`${record + 1}\n`);
}
