import { type AST, parseWithoutProcessing } from '@handlebars/parser';

/** A Handlebars template as Jinja, as far as it goes. */
export interface AsJinja {
  readonly text: string;
  readonly notes: readonly string[];
  /** Names that are shown as media, by `{{media url=…}}`. */
  readonly images: readonly string[];
}

const ROLES: Readonly<Record<string, string>> = {
  system: 'system',
  user: 'user',
  model: 'assistant',
  assistant: 'assistant',
};
const DATA: Readonly<Record<string, string>> = {
  index: 'loop.index0',
  first: 'loop.first',
  last: 'loop.last',
};

/**
 * Handlebars with dotprompt's helpers (`role`, `media`, `json`, `ifEquals`, `unlessEquals`, `history`, `section`) to Jinja.
 * What Jinja has no word for stays where it was, as a comment, and is noted.
 *
 * @param firstLine of the template, in its file
 * @throws Error with one sentence when it is no Handlebars
 */
export function handlebarsToJinja(source: string, firstLine = 1): AsJinja {
  let program: AST.Program;
  try {
    program = parseWithoutProcessing(source);
  } catch (error) {
    const [line = ''] = (error as Error).message.split('\n');
    throw new Error(`The template is not Handlebars: ${line.replace(/:$/, '')}.`);
  }
  const writer = new Writer(source, firstLine);
  // A role stands on a line of its own; the one it stood on is not needed besides.
  const text = keepLineFeeds(writer.program(program)).replace(/^(system|user|assistant):\n\n/gm, '$1:\n');
  return { text, notes: writer.notes, images: writer.images };
}

/** What plain names are parts of, and names that the block itself gives (`as |x i|`). */
interface Scope {
  /** Null: they stand by themselves. */
  readonly item: string | null;
  readonly given: Readonly<Record<string, string>>;
}

/** The innermost last. */
type Scopes = readonly Scope[];

const OUTERMOST: Scopes = [{ item: null, given: {} }];

class Writer {
  readonly notes: string[] = [];
  readonly images: string[] = [];
  private readonly source: readonly string[];
  private readonly firstLine: number;

  constructor(source: string, firstLine: number) {
    this.firstLine = firstLine;
    this.source = source.split('\n');
  }

  program({ body }: AST.Program, scopes = OUTERMOST): string {
    return body.map((statement) => this.statement(statement, scopes)).join('');
  }

  private statement(statement: AST.Statement, scopes: Scopes): string {
    switch (statement.type) {
      case 'ContentStatement':
        return (statement as AST.ContentStatement).value;
      case 'CommentStatement':
        return `{# ${(statement as AST.CommentStatement).value.trim().replaceAll('#}', '')} #}`;
      case 'MustacheStatement':
        return this.mustache(statement as AST.MustacheStatement, scopes);
      case 'BlockStatement':
        return this.block(statement as AST.BlockStatement, scopes);
      default:
        return this.left(statement, 'partials and decorators have no like in a prompt file');
    }
  }

  private mustache(statement: AST.MustacheStatement, scopes: Scopes): string {
    const path = statement.path as AST.PathExpression;
    const [first] = statement.params;
    switch (path.original) {
      case 'role':
        return this.role(statement);
      case 'media': {
        const url = statement.hash?.pairs.find(({ key }) => key === 'url')?.value;
        const shown = url && this.expression(url, scopes);
        if (!shown) return this.left(statement, 'it shows no variable');
        if (/^\w+$/.test(shown)) {
          this.images.push(shown);
          return `{{ ${shown} }}`;
        }
        return `![image]({{ ${shown} }})`;
      }
      case 'json': {
        const shown = first && this.expression(first, scopes);
        return shown ? `{{ ${shown} | tojson }}` : this.left(statement, 'its argument has no like in Jinja');
      }
      case 'history':
        return this.left(statement, 'a prompt of a record has no earlier turns');
      case 'section':
        return this.left(statement, 'sections are filled by the program that runs the prompt');
    }
    if (statement.params.length > 0 || statement.hash?.pairs.length) {
      return this.left(statement, `the helper "${path.original}" is the program's own`);
    }
    const shown = this.expression(path, scopes);
    return shown
      ? `{{ ${shown} }}`
      : this.left(statement, 'its value is given by the program that runs the prompt');
  }

  private role(statement: AST.MustacheStatement): string {
    const [name] = statement.params;
    const role = name?.type === 'StringLiteral' ? ROLES[(name as AST.StringLiteral).value] : undefined;
    return role
      ? `\n${role}:\n`
      : this.left(statement, 'a prompt file has the roles system, user and assistant');
  }

  private block(block: AST.BlockStatement, scopes: Scopes): string {
    const name = (block.path as AST.PathExpression).original;
    const [first, second] = block.params.map((param) => this.expression(param, scopes));
    const inside = () => this.program(block.program, scopes);
    const otherwise = (inner: Scopes) =>
      block.inverse?.body.length ? `{% else %}${this.program(block.inverse, inner)}` : '';
    if (name === 'each' && first) {
      const [own, index] = block.program.blockParams ?? [];
      const item = own ?? `item${scopes.length > 1 ? scopes.length : ''}`;
      const given = { ...(own && { [own]: own }), ...(index && { [index]: 'loop.index0' }) };
      const body = this.program(block.program, [...scopes, { item, given }]);
      return `{% for ${item} in ${first} %}${body}${otherwise(scopes)}{% endfor %}`;
    }
    if (name === 'if' && first) return `{% if ${first} %}${inside()}${otherwise(scopes)}{% endif %}`;
    if (name === 'unless' && first) return `{% if not ${first} %}${inside()}${otherwise(scopes)}{% endif %}`;
    if (name === 'with' && first) return this.program(block.program, [...scopes, { item: first, given: {} }]);
    if ((name === 'ifEquals' || name === 'unlessEquals') && first && second) {
      const compared = `${first} ${name === 'ifEquals' ? '==' : '!='} ${second}`;
      return `{% if ${compared} %}${inside()}${otherwise(scopes)}{% endif %}`;
    }
    return this.left(block, `the block helper "${name}" has no like in Jinja`);
  }

  /** Null for what Jinja cannot say. */
  private expression(node: AST.Expression, scopes: Scopes): string | null {
    switch (node.type) {
      case 'StringLiteral':
        return JSON.stringify((node as AST.StringLiteral).value);
      case 'NumberLiteral':
      case 'BooleanLiteral':
        return String((node as AST.NumberLiteral).value);
      case 'PathExpression':
        return this.path(node as AST.PathExpression, scopes);
      default:
        return null;
    }
  }

  private path({ data, depth, parts }: AST.PathExpression, scopes: Scopes): string | null {
    const names = parts.map(String);
    if (data) return names.length === 1 ? (DATA[names[0] as string] ?? null) : null;
    const [head = '', ...tail] = names;
    const given = scopes.findLast((scope) => Object.hasOwn(scope.given, head))?.given[head];
    if (given !== undefined && depth === 0) return joined([given, ...tail]);
    // Unlike in Jinja, a plain name inside of a loop is a part of its item.
    const item = scopes[Math.max(0, scopes.length - 1 - depth)]?.item ?? null;
    return names.length === 0 ? item : joined(item === null ? names : [item, ...names]);
  }

  /** Leaves a piece of the source behind as a comment. */
  private left({ loc }: AST.Node, why: string): string {
    const { start, end } = loc;
    const lines = this.source.slice(start.line - 1, end.line);
    const piece = lines
      .map((line, i) =>
        line.slice(i === 0 ? start.column : 0, i === lines.length - 1 ? end.column : undefined),
      )
      .join(' ');
    this.notes.push(`Not carried over: ${piece} (line ${start.line + this.firstLine - 1}): ${why}.`);
    return `{# not carried over: ${piece.replaceAll('#}', '')} #}`;
  }
}

/** A path as Jinja writes it: `a.b[0]`. */
function joined([first, ...rest]: readonly string[]): string {
  const steps = rest.map((name) => {
    if (/^[A-Za-z_]\w*$/.test(name)) return `.${name}`;
    return /^\d+$/.test(name) ? `[${name}]` : `[${JSON.stringify(name)}]`;
  });
  return [first, ...steps].join('');
}

/**
 * Handlebars takes the line feed behind a block tag that is alone on its line; prompt files take it behind every block
 * tag. Where a line has more than one tag, or text besides, it is written twice.
 */
function keepLineFeeds(jinja: string): string {
  const lines = jinja.split('\n');
  return lines
    .map((line, i) => {
      const tags = line.match(/\{%.*?%\}/g) ?? [];
      const isAlone = tags.length === 1 && line.trim() === tags[0];
      return i < lines.length - 1 && /%\}$/.test(line) && !isAlone ? `${line}\n` : line;
    })
    .join('\n');
}
