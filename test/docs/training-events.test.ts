import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EVENTS_VERSION } from '../../server/src/core/training/events.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const page = read('docs/guide/training-events.md');

/** The first group of every match. */
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] as string);

/** The fields of each event, as the page's tables name them. */
function described(): Record<string, string[]> {
  const sections = page.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => [all(section, /^`([a-z]+)`/g)[0], all(section, /^\| `(\w+)` \|/gm)]),
  );
}

/** The same, as the reader's types have them. */
function typed(): Record<string, string[]> {
  const bodies = all(
    read('server/src/core/training/events.ts'),
    /^export interface \w+ extends EventBase \{(.*?)^\}/gms,
  );
  return Object.fromEntries(
    bodies.map((body) => {
      const [type] = all(body, /readonly type: '(\w+)'/g);
      return [type, all(body, /readonly (\w+)\??:/g).filter((name) => name !== 'type')];
    }),
  );
}

describe('the page on training events', () => {
  it('describes every event and field that is read, and no other', () => {
    const sorted = (events: Record<string, string[]>) =>
      Object.entries(events)
        .map(([type, fields]) => `${type}: ${[...fields].sort().join(' ')}`)
        .sort();
    assert.deepEqual(sorted(described()), sorted(typed()));
    assert.match(page, new RegExp(`, the version, which is ${EVENTS_VERSION};`));
  });

  it('describes every event that the trainer writes, and no other', () => {
    const sources = globSync('trainer/rationale_trainer/training/**/*.py', { cwd: root })
      .map(read)
      .join('\n');
    const written = new Set(all(sources, /\.write\(\s*"([a-z]+)"/g));
    assert.deepEqual([...written].sort(), Object.keys(described()).sort());
  });
});
