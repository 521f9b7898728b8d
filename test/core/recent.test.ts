import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Recent } from '../../server/src/core/recent.ts';

describe('what was last looked at', () => {
  it('is at hand: half of the number at least, the whole number at most, and never what was replaced', () => {
    const looks = fc.array(fc.nat(30), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(looks, fc.integer({ min: 2, max: 12 }), (keys, most) => {
        const recent = new Recent<number, string>(most);
        const last = new Map<number, string>();
        for (const [at, key] of keys.entries()) {
          const value = `${key} at ${at}`;
          last.delete(key);
          last.set(key, value);
          recent.set(key, value);
        }
        const lately = [...last].toReversed().slice(0, Math.floor(most / 2));
        for (const [key, value] of lately.toReversed()) assert.equal(recent.get(key), value);
        const held = [...last].filter(([key, value]) => {
          const known = recent.get(key);
          assert.ok(known === undefined || known === value);
          return known !== undefined;
        });
        assert.ok(held.length <= most + 1, `${held.length} of ${most}`);
        recent.clear();
        assert.ok([...last.keys()].every((key) => recent.get(key) === undefined));
      }),
    );
  });
});
