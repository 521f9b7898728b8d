import type { OutputFormat } from '../types.ts';
import type { Format } from './format.ts';
import { json } from './json.ts';
import { letter } from './letter.ts';
import { stages } from './stages.ts';

/** The table of output formats. A new one is a file here and a line. */
export const OUTPUT_FORMATS: readonly Format[] = [stages, json, letter];

export function formatOf(id: OutputFormat): Format {
  return OUTPUT_FORMATS.find((format) => format.id === id) as Format;
}
