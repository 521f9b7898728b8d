/** `compute` with its results kept, `most` at a time: past that all are forgotten, so memory stays bounded. */
export function memo<T>(most: number, compute: (key: string) => T): (key: string) => T {
  const known = new Map<string, T>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      if (known.size >= most) known.clear();
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}
