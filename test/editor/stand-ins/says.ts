import { readFileSync } from 'node:fs';

/** What the test wants a stand-in to say now: a Python, or that none is chosen. @throws Error when it wants that */
export function says(who: 'envs' | 'python'): string | null {
  const said = JSON.parse(readFileSync(process.env.PYTHON_STAND_INS as string, 'utf8'))[who];
  if (said === 'throws') throw new Error('The stand-in was told to fail.');
  return said;
}
