import type { MetricText } from './types.ts';

/** A text as metrics take it. */
export function metricText(text: string): MetricText {
  return { text };
}

/** `compute`, done once for each text. */
export function perText<T>(compute: (text: string, whole: MetricText) => T): (text: MetricText) => T {
  const known = new WeakMap<MetricText, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) {
      value = compute(text.text, text);
      known.set(text, value);
    }
    return value;
  };
}

/** `compute`, done once for as long as a candidate is scored against the same reference. */
export function perPair<T>(
  compute: (candidate: MetricText, reference: MetricText) => T,
): (candidate: MetricText, reference: MetricText) => T {
  const last = new WeakMap<MetricText, { reference: MetricText; value: T }>();
  return (candidate, reference) => {
    const known = last.get(candidate);
    if (known?.reference === reference) return known.value;
    const value = compute(candidate, reference);
    last.set(candidate, { reference, value });
    return value;
  };
}
