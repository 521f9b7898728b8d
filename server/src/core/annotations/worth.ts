import type { Finding } from './types.ts';

/**
 * The findings most worth a look: rules that fire seldom come first, since a rare finding says more than a
 * common one; the rules take turns, so that no single rule fills the list; and each record appears once.
 */
export function mostWorthALook<F extends Pick<Finding, 'rule' | 'recordId'>>(
  findings: readonly F[],
  most: number,
): F[] {
  const queues = [...Map.groupBy(findings, (finding) => finding.rule).values()].sort(
    (a, b) => a.length - b.length,
  );
  const next = queues.map(() => 0);
  const seen = new Set<string>();
  const chosen: F[] = [];
  for (let took = true; took && chosen.length < most; ) {
    took = false;
    for (const [q, queue] of queues.entries()) {
      if (chosen.length >= most) break;
      let at = next[q] as number;
      while (at < queue.length && seen.has((queue[at] as F).recordId)) at++;
      next[q] = at + 1;
      const finding = queue[at];
      if (!finding) continue;
      seen.add(finding.recordId);
      chosen.push(finding);
      took = true;
    }
  }
  return chosen;
}
