import type { parse } from '@huggingface/jinja';

/** A node of the template engine's tree, as far as it is looked at. */
interface Node {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** An expression whose value a template puts into its text. */
export interface Substitution {
  /** The variables that the value is made of, in the order of their first use. */
  readonly names: readonly string[];
  /** Whether it is a side of `~`, which makes texts of its sides in its own way. */
  readonly isJoined: boolean;
}

type Found = (node: Node, substitution: Substitution) => void;

/** Names that the body of a macro has besides its parameters. */
const IN_MACROS = ['varargs', 'kwargs', 'caller'];

/**
 * What a template puts into its text, by the node of its tree. A value is made of the variables that its expression
 * names, those that a loop goes over or a `set` was given, and all that a macro or a filtered block uses.
 */
export function substitutions(program: ReturnType<typeof parse>): ReadonlyMap<object, Substitution> {
  const found = new Map<object, Substitution>();
  const body = program.body as unknown as Node[];
  walk(body, new Scope(null), (node, substitution) => found.set(node, substitution));
  return found;
}

/** What the names of a block stand for, as the variables that their values are made of. */
class Scope {
  private readonly around: Scope | null;
  private readonly own = new Map<string, readonly string[]>();

  /** @param names what it has of its own, made of nothing */
  constructor(around: Scope | null, names: readonly string[] = []) {
    this.around = around;
    for (const name of names) this.own.set(name, []);
  }

  /** Adds to what is known: which branch gave the value last is known only when it is rendered. */
  add(name: string, origins: readonly string[]): void {
    this.own.set(name, union([this.own.get(name) ?? [], origins]));
  }

  /** The scope that the name belongs to; this one where it belongs to none. */
  definer(name: string): Scope {
    let scope: Scope | null = this;
    while (scope && !scope.own.has(name)) scope = scope.around;
    return scope ?? this;
  }

  /** Null: a name that the template does not define. */
  lookUp(name: string): readonly string[] | null {
    return this.own.get(name) ?? this.around?.lookUp(name) ?? null;
  }
}

function walk(body: readonly Node[], scope: Scope, found: Found): void {
  for (const node of body) {
    switch (node.type) {
      case 'If':
        walk([...(node.body as Node[]), ...(node.alternate as Node[])], scope, found);
        break;
      case 'For': {
        const inner = new Scope(scope, ['loop']);
        const items = origins(node.iterable as Node, scope);
        for (const name of targets(node.loopvar as Node)) inner.add(name, items);
        walk([...(node.body as Node[]), ...(node.defaultBlock as Node[])], inner, found);
        break;
      }
      case 'Set': {
        const value = node.value
          ? origins(node.value as Node, scope)
          : originsIn(node.body as Node[], new Scope(scope));
        // `set ns.x` changes the namespace wherever it was made.
        const isMember = (node.assignee as Node).type === 'MemberExpression';
        for (const name of targets(node.assignee as Node)) {
          (isMember ? scope.definer(name) : scope).add(name, value);
        }
        break;
      }
      case 'Macro': {
        const inner = new Scope(scope, [...(node.args as Node[]).flatMap(targets), ...IN_MACROS]);
        scope.add((node.name as Node).value as string, originsIn(node.body as Node[], inner));
        break;
      }
      case 'Comment':
      case 'Break':
      case 'Continue':
        break;
      default:
        shown(node, scope, false, found);
    }
  }
}

/** Goes into what gives one of its parts as it is. */
function shown(node: Node, scope: Scope, isJoined: boolean, found: Found): void {
  if (node.type === 'Ternary') {
    shown(node.trueExpr as Node, scope, isJoined, found);
    shown(node.falseExpr as Node, scope, isJoined, found);
  } else if (node.type === 'SelectExpression') {
    shown(node.lhs as Node, scope, isJoined, found);
  } else if (node.type === 'BinaryExpression' && (node.operator as Node).value === '~') {
    shown(node.left as Node, scope, true, found);
    shown(node.right as Node, scope, true, found);
  } else {
    const names = origins(node, scope);
    if (names.length > 0) found(node, { names, isJoined });
  }
}

/** The variables that the text of a block is made of. */
function originsIn(body: readonly Node[], scope: Scope): readonly string[] {
  const all: (readonly string[])[] = [];
  walk(body, scope, (_node, { names }) => all.push(names));
  return union(all);
}

/** The variables that the value of an expression is made of. */
function origins(node: Node, scope: Scope): readonly string[] {
  const all = (nodes: readonly unknown[]) =>
    union(nodes.map((one) => (isNode(one) ? origins(one, scope) : [])));
  switch (node.type) {
    case 'Identifier':
      return scope.lookUp(node.value as string) ?? [node.value as string];
    case 'MemberExpression':
      return all([node.object, node.computed && node.property]);
    case 'CallExpression':
      return all([node.callee, ...(node.args as Node[])]);
    case 'FilterExpression':
      return all([node.operand, ...filterArguments(node)]);
    case 'FilterStatement':
      return union([originsIn(node.body as Node[], new Scope(scope)), all(filterArguments(node))]);
    case 'CallStatement': {
      const inner = new Scope(scope, ((node.callerArgs ?? []) as Node[]).flatMap(targets));
      return union([all([node.call]), originsIn(node.body as Node[], inner)]);
    }
    case 'Ternary':
      return all([node.trueExpr, node.falseExpr]);
    case 'SelectExpression':
      return all([node.lhs]);
    case 'TestExpression':
      return all([node.operand]);
    case 'KeywordArgumentExpression':
      return all([node.value]);
    case 'ArrayLiteral':
    case 'TupleLiteral':
      return all(node.value as Node[]);
    case 'ObjectLiteral':
      return all([...(node.value as Map<Node, Node>)].flat());
    default:
      return all([node.left, node.right, node.argument, node.start, node.stop, node.step]);
  }
}

/** A filter's own name is no variable. */
function filterArguments({ filter }: Node): readonly Node[] {
  const { type, args } = filter as Node;
  return type === 'CallExpression' ? (args as Node[]) : [];
}

/** The identifiers of a loop variable, a `set` or a parameter; of `ns.x` that of the namespace. */
function targets(node: Node): string[] {
  switch (node.type) {
    case 'Identifier':
      return [node.value as string];
    case 'TupleLiteral':
      return (node.value as Node[]).flatMap(targets);
    case 'KeywordArgumentExpression':
      return targets(node.key as Node);
    case 'MemberExpression':
      return targets(node.object as Node);
    default:
      return [];
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value;
}

function union(lists: readonly (readonly string[])[]): readonly string[] {
  return [...new Set(lists.flat())];
}
