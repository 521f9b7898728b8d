/** A JSON object as it was read. */
export type Fields = Readonly<Record<string, unknown>>;

/** A field that does not hold what it should. */
export interface FieldFault {
  /** Its path: `answer`, `choices[1]`, `conversations[0].value`. */
  readonly field: string;
  readonly message: string;
}

/** The fault of a field that holds another type of value than `expected`, in words. */
export function wrongType(field: string, value: unknown, expected: string): FieldFault {
  return { field, message: `"${field}" is ${describe(value)}; it must be ${expected}.` };
}

/** A JSON value in words. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : `the number ${value}`;
  if (typeof value === 'boolean') return `${value}`;
  return typeof value === 'object' ? 'an object' : 'a string';
}
