/** A request that was in hand when this many hosts died, at last alone, is not tried again. */
const DEATHS = 2;
/** After a death the suspects are asked in groups smaller by this factor. */
const NARROWING = 8;

/**
 * What is left to be asked of a model whose host may die: nothing is lost, nothing is answered twice, and the
 * request that kills hosts is found by asking the suspects in ever smaller groups.
 */
export class WorkQueue<Request extends { readonly key: string }> {
  private readonly slice: number;
  /** Not taken yet. */
  private readonly rest: Iterator<Request>;
  /** Taken and not answered yet, by key. */
  private readonly open = new Map<string, Request>();
  /** How many hosts died with this request in hand. */
  private readonly deaths = new Map<string, number>();
  private inHand: readonly string[] = [];
  /** How many suspects to ask at once. */
  private group = 1;

  /** @param slice how many requests a host gets at once */
  constructor(requests: Iterable<Request>, slice: number) {
    this.rest = requests[Symbol.iterator]();
    this.slice = slice;
  }

  get isEmpty(): boolean {
    return this.open.size === 0 && !this.take();
  }

  /** What to ask next: those under no suspicion, then the suspects. */
  next(): Request[] {
    for (let room = this.slice - this.innocent().length; room > 0 && this.take(); room--);
    const innocent = this.innocent();
    return innocent.length > 0 ? innocent : [...this.open.values()].slice(0, this.group);
  }

  /** The host says that it is busy with these. */
  working(keys: readonly string[]): void {
    this.inHand = keys;
  }

  /** Takes an answered request off. False when it was answered before. */
  settle(key: string): boolean {
    return this.open.delete(key);
  }

  /** The host died. Returns the requests that are given up, which count as answered; null when the host died of none of them. */
  hostDied(): Request[] | null {
    const suspects = this.inHand.flatMap((key) => this.open.get(key) ?? []);
    this.inHand = [];
    if (suspects.length === 0) return null;
    for (const { key } of suspects) this.deaths.set(key, (this.deaths.get(key) ?? 0) + 1);
    this.group = Math.ceil(suspects.length / NARROWING);
    const [only] = suspects;
    if (!only || suspects.length > 1 || (this.deaths.get(only.key) ?? 0) < DEATHS) return [];
    this.open.delete(only.key);
    return [only];
  }

  /** Under no suspicion, as many as a host gets at once. */
  private innocent(): Request[] {
    return [...this.open.values()].filter(({ key }) => !this.deaths.has(key)).slice(0, this.slice);
  }

  /** Takes one more. False when there are none left. */
  private take(): boolean {
    const { value, done } = this.rest.next();
    if (done) return false;
    this.open.set(value.key, value);
    return true;
  }
}
