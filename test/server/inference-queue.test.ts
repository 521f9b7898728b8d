import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WorkQueue } from '../../server/src/inference/hosts/work-queue.ts';
import { textRequest } from './inference-fixtures.ts';

const requests = (keys: readonly string[]) => keys.map((key) => textRequest(key, key));
const keys = (asked: readonly { key: string }[]) => asked.map(({ key }) => key);

describe('the queue of a model whose host may die', () => {
  it('asks again for what was not answered, suspects last, and in small groups', () => {
    const queue = new WorkQueue(requests(['a', 'b', 'c', 'd', 'e']), 4);
    assert.deepEqual(keys(queue.next()), ['a', 'b', 'c', 'd']);
    queue.settle('a');
    queue.working(['b', 'c']);
    assert.deepEqual(queue.hostDied(), []);
    assert.deepEqual(keys(queue.next()), ['d', 'e']);
    queue.settle('d');
    queue.settle('e');
    assert.deepEqual(keys(queue.next()), ['b']);
  });

  it('narrows many suspects down in few steps', () => {
    const all = Array.from({ length: 20 }, (_, n) => `r${n}`);
    const queue = new WorkQueue(requests(all), 20);
    assert.deepEqual(keys(queue.next()), all);
    queue.working(all);
    assert.deepEqual(queue.hostDied(), []);
    assert.deepEqual(keys(queue.next()), ['r0', 'r1', 'r2']);
    queue.working(['r0', 'r1', 'r2']);
    assert.deepEqual(queue.hostDied(), [], 'any of the three may have been the reason');
    assert.deepEqual(keys(queue.next()), ['r0']);
  });

  it('gives a request up that was in hand at two deaths, and spares those beside it', () => {
    const queue = new WorkQueue(requests(['good', 'bad']), 4);
    assert.deepEqual(keys(queue.next()), ['good', 'bad']);
    queue.working(['good', 'bad']);
    queue.hostDied();
    assert.deepEqual(keys(queue.next()), ['good']);
    queue.working(['good']);
    assert.equal(queue.settle('good'), true);
    queue.working(['bad']);
    assert.deepEqual(keys(queue.hostDied() ?? []), ['bad']);
    assert.equal(queue.isEmpty, true);
  });

  it('says so when a host died of nothing', () => {
    const queue = new WorkQueue(requests(['a']), 4);
    assert.equal(queue.hostDied(), null);
    queue.working(['a']);
    queue.settle('a');
    assert.equal(queue.hostDied(), null);
  });

  it('takes requests as hosts have room for them, and no more', () => {
    let made = 0;
    const queue = new WorkQueue(
      (function* () {
        for (const key of ['a', 'b', 'c', 'd', 'e']) {
          made++;
          yield { key };
        }
      })(),
      2,
    );
    assert.equal(made, 0);
    assert.deepEqual(keys(queue.next()), ['a', 'b']);
    assert.equal(made, 2);
    queue.settle('a');
    assert.deepEqual(keys(queue.next()), ['b', 'c']);
    for (const key of ['b', 'c']) queue.settle(key);
    assert.equal(queue.isEmpty, false);
    assert.deepEqual(keys(queue.next()), ['d', 'e']);
    for (const key of ['d', 'e']) queue.settle(key);
    assert.equal(queue.isEmpty, true);
    assert.equal(made, 5);
  });

  it('answers every request exactly once, whichever requests kill their host', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(40), { minLength: 1 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(),
        (ids, slice, seed) => {
          const kills = (key: string) => (Number(key) * 7 + seed) % 5 === 0;
          const queue = new WorkQueue(requests(ids.map(String)), slice);
          const answered: string[] = [];
          const givenUp: string[] = [];
          while (!queue.isEmpty) {
            const asked = keys(queue.next());
            queue.working(asked);
            const killer = asked.findIndex(kills);
            for (const key of killer < 0 ? asked : asked.slice(0, killer))
              if (queue.settle(key)) answered.push(key);
            if (killer >= 0) givenUp.push(...keys(queue.hostDied() ?? []));
          }
          const all = ids.map(String).sort();
          assert.deepEqual([...answered, ...givenUp].sort(), all);
          assert.deepEqual(givenUp.sort(), all.filter(kills));
        },
      ),
    );
  });
});
