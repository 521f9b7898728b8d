/**
 * Regular expressions over bytes that are stepped through by derivatives (Brzozowski, 1964, "Derivatives of
 * regular expressions"): unlike a library's, they can be cut with each other and negated, and asked after every
 * byte whether the text may end there and how many bytes it lacks. Equal ones are the same object.
 */

export interface Expression {
  readonly id: number;
  /** Whether it may end here. */
  readonly mayEnd: boolean;
  /** Bytes up to its end at least; infinite where there is none. */
  readonly least: number;
  /** What is left of it behind a byte. */
  behind(byte: number): Expression;
}

type Bytes = ReadonlySet<number>;

interface Parts {
  readonly kind: 'bytes' | 'end' | 'sequence' | 'either' | 'both' | 'not' | 'any-number';
  readonly bytes?: Bytes;
  readonly of: readonly Node[];
}

class Node implements Expression {
  readonly id: number;
  readonly kind: Parts['kind'];
  readonly of: readonly Node[];
  readonly bytes: Bytes;
  readonly mayEnd: boolean;
  readonly least: number;
  private readonly within: Expressions;
  private readonly known = new Map<number, Node>();

  constructor(id: number, { kind, of, bytes = new Set() }: Parts, within: Expressions) {
    this.id = id;
    this.kind = kind;
    this.of = of;
    this.bytes = bytes;
    this.within = within;
    this.mayEnd = mayEndOf(kind, of);
    this.least = leastOf(kind, of, bytes);
  }

  behind(byte: number): Node {
    let behind = this.known.get(byte);
    if (!behind) {
      behind = this.derivative(byte);
      this.known.set(byte, behind);
    }
    return behind;
  }

  private derivative(byte: number): Node {
    const { kind, of, within } = this;
    const [first, second] = of as [Node, Node];
    switch (kind) {
      case 'bytes':
        return this.bytes.has(byte) ? within.end : within.nothing;
      case 'end':
        return within.nothing;
      case 'sequence': {
        const begun = within.sequence(first.behind(byte), second);
        return first.mayEnd ? within.either(begun, second.behind(byte)) : begun;
      }
      case 'either':
        return within.either(...of.map((one) => one.behind(byte)));
      case 'both':
        // Most bytes are ruled out by the first part already.
        return of.every((one) => one.behind(byte) !== within.nothing)
          ? within.both(...of.map((one) => one.behind(byte)))
          : within.nothing;
      case 'not':
        return within.not(first.behind(byte));
      case 'any-number':
        return within.sequence(first.behind(byte), this);
    }
  }
}

function mayEndOf(kind: Parts['kind'], of: readonly Node[]): boolean {
  if (kind === 'bytes') return false;
  if (kind === 'either') return of.some(({ mayEnd }) => mayEnd);
  if (kind === 'not') return !of[0]?.mayEnd;
  return kind === 'any-number' || of.every(({ mayEnd }) => mayEnd);
}

function leastOf(kind: Parts['kind'], of: readonly Node[], bytes: Bytes): number {
  const least = of.map((one) => one.least);
  switch (kind) {
    case 'bytes':
      return bytes.size > 0 ? 1 : Number.POSITIVE_INFINITY;
    case 'sequence':
      return least.reduce((sum, one) => sum + one, 0);
    case 'either':
      return Math.min(...least);
    case 'both':
      return Math.max(...least);
    case 'not':
      return of[0]?.mayEnd ? 1 : 0;
    default:
      return 0;
  }
}

const BYTES = Array.from({ length: 256 }, (_, byte) => byte);
const encoder = new TextEncoder();

/** Makes expressions. Those of one maker go together. */
export class Expressions {
  private readonly known = new Map<string, Node>();
  /** Every set of bytes that an expression was made of. */
  readonly sets = new Set<Bytes>();
  readonly nothing = this.node('bytes', [], new Set());
  readonly end = this.node('end', []);
  /** Any bytes, or none. */
  readonly anything = this.anyNumber(this.bytes(() => true));

  bytes(has: (byte: number) => boolean): Node {
    return this.among(BYTES.filter(has));
  }

  private among(bytes: Iterable<number>): Node {
    const node = this.node('bytes', [], new Set([...bytes].sort((a, b) => a - b)));
    this.sets.add(node.bytes);
    return node;
  }

  /** One of these ASCII characters. */
  oneOf(characters: string): Node {
    return this.among(encoder.encode(characters));
  }

  text(text: string): Node {
    return this.sequence(...Array.from(encoder.encode(text), (byte) => this.among([byte])));
  }

  /** An ASCII text in letters of any case. */
  word(text: string): Node {
    return this.sequence(
      ...Array.from(text, (letter) => this.oneOf(letter.toLowerCase() + letter.toUpperCase())),
    );
  }

  sequence(...all: readonly Node[]): Node {
    return all.reduceRight((rest, first) => this.pair(first, rest), this.end);
  }

  either(...all: readonly Node[]): Node {
    const parts = this.flat('either', all).filter((one) => one !== this.nothing);
    if (parts.includes(this.anything)) return this.anything;
    const [only = this.nothing] = parts;
    return parts.length < 2 ? only : this.node('either', parts);
  }

  both(...all: readonly Node[]): Node {
    const parts = this.flat('both', all).filter((one) => one !== this.anything);
    if (parts.includes(this.nothing)) return this.nothing;
    const [only = this.anything] = parts;
    return parts.length < 2 ? only : this.node('both', parts);
  }

  not(one: Node): Node {
    if (one === this.nothing) return this.anything;
    if (one === this.anything) return this.nothing;
    return one.kind === 'not' ? (one.of[0] as Node) : this.node('not', [one]);
  }

  anyNumber(one: Node): Node {
    if (one === this.nothing || one === this.end) return this.end;
    return one.kind === 'any-number' ? one : this.node('any-number', [one]);
  }

  maybe(one: Node): Node {
    return this.either(one, this.end);
  }

  upTo(most: number, one: Node): Node {
    return most === 0 ? this.end : this.maybe(this.sequence(one, this.upTo(most - 1, one)));
  }

  private pair(first: Node, rest: Node): Node {
    if (first === this.nothing || rest === this.nothing) return this.nothing;
    if (first === this.end) return rest;
    if (rest === this.end) return first;
    if (first.kind === 'sequence') {
      const [head, tail] = first.of as [Node, Node];
      return this.node('sequence', [head, this.pair(tail, rest)]);
    }
    return this.node('sequence', [first, rest]);
  }

  private flat(kind: Parts['kind'], all: readonly Node[]): Node[] {
    const parts = new Set(all.flatMap((one) => (one.kind === kind ? one.of : [one])));
    return [...parts].sort((a, b) => a.id - b.id);
  }

  private node(kind: Parts['kind'], of: readonly Node[], bytes?: Bytes): Node {
    const name = `${kind} ${bytes ? [...bytes].join() : of.map(({ id }) => id).join()}`;
    let node = this.known.get(name);
    if (!node) {
      node = new Node(this.known.size, { kind, of, bytes }, this);
      this.known.set(name, node);
    }
    return node;
  }
}

export type { Node };
