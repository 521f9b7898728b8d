import { formFields, labels, verdicts } from '../assertions.ts';
import { hasRefused, isHypothetical } from '../hedges.ts';
import { joinedNames, type Name, nameAt, type Passage } from '../name.ts';
import { clauseAt } from './clause.ts';
import { endsLine, toFound } from './leading.ts';
import { readLoosely } from './loose.ts';
import type { Found, Method } from './method.ts';

export const label: Method = {
  id: 'label',
  confidence: 0.95,
  what: 'What the output says is the answer: after a label in any of a dozen languages, or else before "is correct". Where a line begins with "ANSWER:", that counts before anything said elsewhere. Labels that disagree are ambiguous; a denied or conditional one does not count.',
  example: 'The correct answer is **(B) repel**.',
  read(passage) {
    const refused = hasRefused(passage);
    const all = labels(passage).filter(({ end }) => !refused || !isHypothetical(passage.text, end));
    const fields = all.filter(({ isField }) => isField);
    for (const some of [fields, all]) {
      const first = some.map(({ end }) => nameAt(passage, end)).filter((name) => name !== null);
      const named = first.flatMap((name) => joinedNames(passage, name));
      if (named.length > 0) return toFound(named, 'label', 0.95);
      const said = some.flatMap(({ end }) => clauseSays(passage, end));
      if (said.length > 0) return said;
      if (some.some(({ end }) => hasRefused({ ...passage, span: clauseAt(passage, end) }))) return [];
    }
    const judged = refused ? [] : [...verdicts(passage)];
    if (judged.length > 0) return toFound(judged, 'label', 0.95);
    const written = all.length > 0 ? [] : formFields(passage).map((end) => nameAt(passage, end));
    const alone = written.filter((name) => name !== null && endsLine(name, passage)) as Name[];
    return alone.length === 0 ? null : toFound(alone, 'label', 0.95);
  },
};

/** "not A but B". */
const NOT_BUT = /\s*not\s[^.!?\n]{1,80}?\sbut\s(?:rather\s)?/iy;

/** The choice that a label's clause names other than right behind it. */
function clauseSays(passage: Passage, offset: number): Found[] {
  NOT_BUT.lastIndex = offset;
  const rather = NOT_BUT.test(passage.text) ? nameAt(passage, NOT_BUT.lastIndex) : null;
  if (rather) return toFound([rather], 'label', 0.95);
  const clause = { ...passage, span: clauseAt(passage, offset) };
  return (readLoosely(clause) ?? []).map((found) => ({ ...found, method: 'label' }));
}
