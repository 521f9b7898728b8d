/** Paths to values of a record, `options[0].text`, and texts with paths in them, `train/{image_id:012}.jpg`. */
import type { Fields } from './field-faults.ts';

const STEP = /(?:^|\.)([^.[\]]+)|\[(\d+)\]/gy;
const HOLE = /\{([^{}:]+)(?::0?(\d{1,2}))?\}/g;

/** Whether the text is a path: names with dots between them, and numbers of list items in brackets. */
export function isPath(text: string): boolean {
  return text !== '' && text.replace(STEP, '') === '';
}

/** Whether the text has holes for values, each with a path in it that can be read. */
export function isTemplate(text: string): boolean {
  const holes = [...text.matchAll(HOLE)];
  return holes.length > 0 && holes.every(([, path]) => isPath(path as string));
}

/** What stands at the path; undefined when nothing does. A field whose own name has dots in it comes first. */
export function valueAt(fields: Fields, path: string): unknown {
  if (Object.hasOwn(fields, path)) return fields[path];
  let value: unknown = fields;
  for (const [, name, index] of path.matchAll(STEP)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const key = name ?? (index as string);
    if (!Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/** The template with the record's values in its holes, numbers padded with zeros as it says; null when one is absent. */
export function fillTemplate(fields: Fields, template: string): string | null {
  let isWhole = true;
  const text = template.replace(HOLE, (_hole, path: string, width?: string) => {
    const value = valueAt(fields, path);
    if (typeof value !== 'string' && typeof value !== 'number') isWhole = false;
    return String(value).padStart(Number(width ?? 0), '0');
  });
  return isWhole ? text : null;
}

/** The path of a template's first hole. */
export function firstPath(template: string): string {
  return (new RegExp(HOLE.source).exec(template)?.[1] ?? template) as string;
}

/** A path and those of what holds it, the nearest first: `a[0].b`, `a[0]`, `a`. */
export function* enclosingPaths(path: string): Generator<string> {
  let rest = path;
  while (rest !== '') {
    yield rest;
    rest = rest.slice(0, Math.max(rest.lastIndexOf('.'), rest.lastIndexOf('['), 0));
  }
}
