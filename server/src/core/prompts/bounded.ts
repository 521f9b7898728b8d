import { Environment, Interpreter, type parse } from '@huggingface/jinja';
import { marked } from './marks.ts';
import { type Substitution, substitutions } from './substitutions.ts';

type Program = ReturnType<typeof parse>;
type Evaluate = Interpreter['evaluate'];

/** What a template may ask for, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Characters that a template may make of a record, and any part of it on the way there. */
const MOST_RENDERED = 1_000_000;
/**
 * Steps of rendering: an expression evaluated, and what handling its value costs. The shipped prompts take about a
 * hundred; so many are some hundredths of a second.
 */
const MOST_STEPS = 200_000;
const STEPS_AN_ITEM = 10;
const CHARACTERS_A_STEP = 64;

/** A template that does not come to an end in time. */
export class TooMuch extends Error {}

/** The steps that are left; several renderings may share one. */
export class Steps {
  private left = MOST_STEPS;

  spend(steps: number): void {
    this.left -= steps;
    if (this.left < 0) throw new TooMuch('its loops take too many steps; make them shorter.');
  }
}

export interface RenderBounds {
  readonly steps?: Steps;
  /** Whether to mark what stands in place of variables (marks.ts). */
  readonly isMarked?: boolean;
}

/**
 * Renders a parsed template within bounds. Unlike in Jinja there is no clock: what a prompt says depends on the
 * record alone.
 *
 * @throws TooMuch, or what the template engine throws
 */
export function renderBounded(
  program: Program,
  variables: Variables,
  { steps = new Steps(), isMarked = false }: RenderBounds = {},
): string {
  const environment = new Environment();
  for (const [name, value] of Object.entries({ ...GLOBALS, range: rangeWithin(steps), ...variables })) {
    environment.set(name, value);
  }
  const interpreter = isMarked
    ? new MarkingInterpreter(environment, steps, program, variables)
    : new BoundedInterpreter(environment, steps);
  const rendered = interpreter.run(program);
  return String(rendered.value);
}

/** What a template may ask for besides the fields of a record; `namespace` is the template engine's own. */
export const GLOBAL_NAMES: readonly string[] = [
  ...['true', 'false', 'none', 'True', 'False', 'None'],
  ...['range', 'namespace', 'raise_exception'],
];

const GLOBALS: Variables = {
  true: true,
  false: false,
  none: null,
  True: true,
  False: false,
  None: null,
  raise_exception: (message: unknown) => {
    throw new Error(String(message));
  },
};

/** Everything a template does goes through `evaluate`, which is where steps are counted. */
class BoundedInterpreter extends Interpreter {
  private readonly steps: Steps;

  constructor(environment: Environment, steps: Steps) {
    super(environment);
    this.steps = steps;
  }

  override evaluate(...[statement, environment]: Parameters<Evaluate>): ReturnType<Evaluate> {
    this.steps.spend(1);
    const result = super.evaluate(statement, environment);
    const { value } = result;
    if (typeof value === 'string') {
      if (value.length > MOST_RENDERED) {
        throw new TooMuch(`it makes more than ${MOST_RENDERED.toLocaleString('en')} characters.`);
      }
      this.steps.spend(value.length / CHARACTERS_A_STEP);
    } else if (Array.isArray(value)) this.steps.spend(value.length * STEPS_AN_ITEM);
    return result;
  }
}

/** Marks what stands in place of variables; what the template does with them is the same. */
class MarkingInterpreter extends BoundedInterpreter {
  private readonly substitutions: ReadonlyMap<object, Substitution>;
  private readonly variables: Variables;

  constructor(environment: Environment, steps: Steps, program: Program, variables: Variables) {
    super(environment, steps);
    this.substitutions = substitutions(program);
    this.variables = variables;
  }

  override evaluate(...[statement, environment]: Parameters<Evaluate>): ReturnType<Evaluate> {
    const result = super.evaluate(statement, environment);
    const substitution = statement && this.substitutions.get(statement);
    if (!substitution || result.type === 'NullValue' || result.type === 'UndefinedValue') return result;
    const names = substitution.names.filter((name) => Object.hasOwn(this.variables, name));
    const text = substitution.isJoined ? String(result.value) : result.toString();
    const literal = { type: 'StringLiteral', value: marked(text, names) };
    return names.length === 0 ? result : super.evaluate(literal as typeof statement, environment);
  }
}

/** Jinja's `range`, which would otherwise fill the memory before anything loops over it. */
function rangeWithin(steps: Steps): (...bounds: unknown[]) => number[] {
  return (...bounds) => {
    const [start, stop, step = 1] = bounds.length === 1 ? [0, bounds[0]] : bounds;
    if (![start, stop, step].every(Number.isInteger) || step === 0) {
      throw new Error('range takes whole numbers, and steps other than 0.');
    }
    const [from, to, by] = [start, stop, step] as [number, number, number];
    const length = Math.max(0, Math.ceil((to - from) / by));
    steps.spend(length * STEPS_AN_ITEM);
    return Array.from({ length }, (_, index) => from + index * by);
  };
}
