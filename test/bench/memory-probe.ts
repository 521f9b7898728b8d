/** Loaded into the server by the benchmark of its memory: at a signal it collects its garbage and writes down what is left. */
import { appendFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

process.on('SIGUSR2', () => {
  collect();
  const { rss, heapUsed } = process.memoryUsage();
  appendFileSync(process.env.MEMORY_PROBE as string, `${rss} ${heapUsed}\n`);
});
