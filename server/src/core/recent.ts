/** What was last worked out, up to a number of things: the oldest goes first. */
export class Recent<Key, Value> {
  private readonly most: number;
  private readonly kept = new Map<Key, Value>();

  constructor(most: number) {
    this.most = most;
  }

  get(key: Key): Value | undefined {
    return this.kept.get(key);
  }

  set(key: Key, value: Value): void {
    this.kept.delete(key);
    if (this.kept.size >= this.most) this.kept.delete(this.kept.keys().next().value as Key);
    this.kept.set(key, value);
  }

  delete(key: Key): void {
    this.kept.delete(key);
  }

  clear(): void {
    this.kept.clear();
  }
}
