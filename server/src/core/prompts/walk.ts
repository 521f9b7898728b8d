import type { parse } from '@huggingface/jinja';
import type { VariableUse } from './types.ts';

type How = VariableUse['how'];

/** A node of the template engine's tree, as far as it is looked at. */
interface Node {
  readonly type: string;
  readonly [part: string]: unknown;
}

/** A name that stands for nothing the template defines. */
export interface FreeName {
  /** As it stands in the tree. */
  readonly value: string;
  readonly how: How;
}

/** Names that a block has: those of the blocks around it, and its own. */
class Scope {
  private readonly around: Scope | null;
  private readonly own: ReadonlySet<string>;

  constructor(around: Scope | null, own: Iterable<string>) {
    this.around = around;
    this.own = new Set(own);
  }

  has(name: string): boolean {
    return this.own.has(name) || (this.around?.has(name) ?? false);
  }
}

/** Names that the body of a macro has besides its parameters. */
const IN_MACROS = ['varargs', 'kwargs', 'caller'];

/**
 * The names of a template that it does not define itself by a loop, `set` or macro. A name that is set anywhere in
 * a block counts as defined in all of it.
 *
 * @param nameOf what an identifier of the tree is called
 */
export function findUses(
  program: ReturnType<typeof parse>,
  nameOf: (value: string) => string,
  globals: readonly string[],
): FreeName[] {
  const found: FreeName[] = [];
  const names = (nodes: readonly Node[]) => nodes.flatMap((node) => defined(node)).map(nameOf);

  const all = (nodes: readonly (Node | undefined)[], scope: Scope, how: How): void => {
    for (const node of nodes) if (node) visit(node, scope, how);
  };
  const block = (body: readonly Node[], scope: Scope, own: readonly string[] = []): void =>
    all(body, new Scope(scope, [...own, ...names(body)]), 'shown');

  const visit = (node: Node, scope: Scope, how: How): void => {
    switch (node.type) {
      case 'Identifier':
        if (!scope.has(nameOf(node.value as string))) found.push({ value: node.value as string, how });
        return;
      case 'If':
        visit(node.test as Node, scope, 'tested');
        all([...(node.body as Node[]), ...(node.alternate as Node[])], scope, 'shown');
        return;
      case 'For': {
        const iterable = node.iterable as Node;
        const own = [...targets(node.loopvar as Node).map(nameOf), 'loop'];
        const isFiltered = iterable.type === 'SelectExpression';
        visit(isFiltered ? (iterable.lhs as Node) : iterable, scope, 'shown');
        if (isFiltered) visit(iterable.test as Node, new Scope(scope, own), 'tested');
        block(node.body as Node[], scope, own);
        block(node.defaultBlock as Node[], scope);
        return;
      }
      case 'Macro':
        parameters(node.args as Node[], scope);
        block(node.body as Node[], scope, [
          ...(node.args as Node[]).flatMap(targets).map(nameOf),
          ...IN_MACROS,
        ]);
        return;
      case 'CallStatement': {
        const given = (node.callerArgs ?? []) as Node[];
        visit(node.call as Node, scope, how);
        parameters(given, scope);
        block(node.body as Node[], scope, [...given.flatMap(targets).map(nameOf), ...IN_MACROS]);
        return;
      }
      case 'Set': {
        const assignee = node.assignee as Node;
        if (assignee.type === 'MemberExpression') visit(assignee, scope, how);
        all([node.value as Node | undefined, ...(node.body as Node[])], scope, 'shown');
        return;
      }
      case 'MemberExpression':
        visit(node.object as Node, scope, how);
        if (node.computed) visit(node.property as Node, scope, how);
        return;
      case 'CallExpression':
        all([node.callee as Node, ...(node.args as Node[])], scope, how);
        return;
      case 'KeywordArgumentExpression':
        visit(node.value as Node, scope, how);
        return;
      case 'FilterExpression':
      case 'FilterStatement': {
        const filter = node.filter as Node;
        const body = (node.body ?? [node.operand]) as Node[];
        all([...body, ...(filter.type === 'CallExpression' ? (filter.args as Node[]) : [])], scope, how);
        return;
      }
      case 'TestExpression': {
        const test = nameOf((node.test as Node).value as string);
        visit(node.operand as Node, scope, /^(un)?defined$/.test(test) ? 'defined' : how);
        return;
      }
      case 'SelectExpression':
        visit(node.lhs as Node, scope, how);
        visit(node.test as Node, scope, 'tested');
        return;
      case 'Ternary':
        visit(node.condition as Node, scope, 'tested');
        all([node.trueExpr as Node, node.falseExpr as Node], scope, how);
        return;
      case 'ObjectLiteral':
        all([...(node.value as Map<Node, Node>)].flat(), scope, how);
        return;
      case 'ArrayLiteral':
      case 'TupleLiteral':
        all(node.value as Node[], scope, how);
        return;
      default:
        all([node.left, node.right, node.argument, node.start, node.stop, node.step] as Node[], scope, how);
    }
  };
  /** The defaults of parameters; their names are no uses. */
  const parameters = (nodes: readonly Node[], scope: Scope): void =>
    all(
      nodes.flatMap((node) => (node.type === 'KeywordArgumentExpression' ? [node] : [])),
      scope,
      'shown',
    );

  block(program.body as unknown as Node[], new Scope(null, globals));
  return found;
}

/** The identifiers that a statement gives a value in the block it stands in. */
function defined(node: Node): string[] {
  switch (node.type) {
    case 'Set':
      return [...targets(node.assignee as Node), ...(node.body as Node[]).flatMap(defined)];
    case 'Macro':
      return targets(node.name as Node);
    case 'If':
      return [...(node.body as Node[]), ...(node.alternate as Node[])].flatMap(defined);
    case 'FilterStatement':
      return (node.body as Node[]).flatMap(defined);
    default:
      return [];
  }
}

/** The identifiers of a loop variable, a `set` or a parameter. */
function targets(node: Node): string[] {
  if (node.type === 'Identifier') return [node.value as string];
  if (node.type === 'TupleLiteral') return (node.value as Node[]).flatMap(targets);
  if (node.type === 'KeywordArgumentExpression') return targets(node.key as Node);
  return [];
}
