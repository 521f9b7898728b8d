/** Settings by name, each an object of fields from a table: the table reads, checks, describes and completes them. */

export interface Field {
  readonly name: string;
  /** As JSON Schema; `description` is what hovers and the documentation say. */
  readonly schema: Readonly<Record<string, unknown>> & { readonly description: string };
  readonly required?: true;
  /** One clause that completes "… must be". */
  readonly must: string;
  readonly fits: (value: unknown) => boolean;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value.trim() !== '';
}

type Kind = Omit<Field, 'name' | 'required'>;

export function whole(minimum: number, maximum: number, description: string): Kind {
  return {
    schema: { type: 'integer', minimum, maximum, description },
    must: `a whole number from ${minimum} to ${maximum}`,
    fits: (value) => Number.isInteger(value) && (value as number) >= minimum && (value as number) <= maximum,
  };
}

export function text(description: string): Kind {
  return { schema: { type: 'string', minLength: 1, description }, must: 'a text', fits: isText };
}

export function texts(description: string): Kind {
  return {
    schema: { type: 'array', items: { type: 'string', minLength: 1 }, description },
    must: 'a list of texts',
    fits: (value) => Array.isArray(value) && value.every(isText),
  };
}

export function flag(description: string): Kind {
  return {
    schema: { type: 'boolean', description },
    must: 'true or false',
    fits: (value) => typeof value === 'boolean',
  };
}

/** One sentence for each thing that is wrong; values are never repeated: they may be keys. */
export function fieldFaults(what: string, fields: readonly Field[], given: unknown): string[] {
  const needed = fields.filter(({ required }) => required).map(({ name }) => `"${name}"`);
  if (!isObject(given)) {
    return [
      `The ${what} must be an object${needed.length > 0 ? ` with at least ${needed.join(' and ')}` : ''}.`,
    ];
  }
  const unknown = Object.keys(given).filter((key) => !fields.some((field) => field.name === key));
  return [
    ...unknown.map((key) => `The ${what} has no setting "${key}".`),
    ...fields
      .filter(({ name, required, fits }) => (given[name] === undefined ? required : !fits(given[name])))
      .map(({ name, must }) => `"${name}" of the ${what} must be ${must}.`),
  ];
}

/** The JSON Schema of one such object. */
export function schemaOf(fields: readonly Field[]) {
  return {
    type: 'object',
    required: fields.filter(({ required }) => required).map(({ name }) => name),
    properties: Object.fromEntries(fields.map(({ name, schema }) => [name, schema])),
    additionalProperties: false,
  };
}
