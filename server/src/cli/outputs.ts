import { basename } from 'node:path';
import type { Opinion } from '../core/annotations/types.ts';
import {
  type Asked,
  assumedBase,
  foreignPrediction,
  formatOf,
  joinOutputs,
  opinionOf,
  type Pipeline,
  readOutputsFile,
} from '../core/pipeline.ts';
import type { RecordSource } from '../core/records/types.ts';
import { count, quote } from '../core/text.ts';
import { readTextFile } from '../files/text-file.ts';
import { UsageError } from './exit.ts';

type OutputsFile = ReturnType<typeof readOutputsFile>;
export type Output = OutputsFile['outputs'][number];

/** A file of outputs, each with the record it answers; outputs without one are left out. */
export interface JoinedOutputs {
  /** As the user wrote it. */
  readonly file: string;
  readonly text: string;
  readonly outputField: string;
  readonly rows: readonly { readonly output: Output; readonly source: RecordSource }[];
}

/**
 * Reads a file of outputs and finds the record of each, saying on stderr how and what could not be read.
 * @param dataset the dataset's file, as the user wrote it
 * @throws UsageError when no output names a record
 */
export function joinedOutputs(
  pipeline: Pipeline,
  dataset: string,
  file: string,
  outputField: string | undefined,
): JoinedOutputs {
  const text = readTextFile(file, (sentence) => process.stderr.write(`${sentence}\n`));
  const read = readOutputsFile(text, file, outputField);
  const sources = pipeline.document.chunks.flatMap((chunk) => chunk.source ?? []);
  const join = joinOutputs(
    read.outputs,
    sources.map((source) => source.record),
  );
  if (join.matched === 0) {
    throw new UsageError(
      `${file} does not belong to ${dataset}: no output names one of its ${sources.length} records.`,
    );
  }
  for (const problem of read.problems) process.stderr.write(`${problem}\n`);
  process.stderr.write(
    `${join.matched} of ${read.outputs.length} outputs joined to ${sources.length} records by ${join.by}.\n`,
  );
  const rows = read.outputs.flatMap((output, index) => {
    const source = sources[join.records[index] ?? -1];
    return source ? [{ output, source }] : [];
  });
  sayRepeats(file, rows);
  return { file, text, outputField: read.outputField, rows };
}

/** Several outputs of a record may be samples, or a file that was appended to: only its owner knows. */
function sayRepeats(file: string, rows: JoinedOutputs['rows']): void {
  const seen = new Set<RecordSource>();
  const repeats = rows.filter(({ source }) => seen.size === seen.add(source).size);
  const [first] = repeats;
  if (!first) return;
  process.stderr.write(
    `${file}:${first.output.row + 1}: record ${quote(first.source.record.id, 40)} has an output already; each is judged and counted (${count(repeats.length, 'such output')}).\n`,
  );
}

/** What each of the files' models says of the records, told by our own reader. */
export function opinionsOf(
  pipeline: Pipeline,
  dataset: string,
  files: readonly string[],
): ReadonlyMap<RecordSource, readonly Opinion[]> {
  const opinions = new Map<RecordSource, Opinion[]>();
  for (const file of files) {
    const joined = joinedOutputs(pipeline, dataset, file, undefined);
    const asked = askedOf(pipeline, joined, undefined, 'rationale');
    for (const { output, source } of joined.rows) {
      const judgement = pipeline.judging.judgementOf(source, foreignPrediction(output), asked);
      const known = opinions.get(source) ?? [];
      opinions.set(source, [...known, opinionOf(asked.model, judgement)]);
    }
  }
  return opinions;
}

/** How the outputs were asked for: what the user says, and what they tell themselves. */
export function askedOf(
  pipeline: Pipeline,
  { file, rows }: JoinedOutputs,
  indexBase: 0 | 1 | undefined,
  reader: string,
): Asked {
  const asked = { model: basename(file), format: formatOf(rows.map(({ output }) => output)), reader };
  if (indexBase !== undefined) return { ...asked, indexBase, baseSource: 'option' };
  const own = { ...asked, reader: 'rationale' };
  const assumed = assumedBase(
    rows
      .filter(({ output }) => /\d/.test(output.output))
      .map(
        ({ output, source }) => pipeline.judging.judgementOf(source, foreignPrediction(output), own).reading,
      ),
  );
  if (assumed === null) return asked;
  process.stderr.write(
    `Numbers are read as counted from ${assumed}, as the outputs themselves tell; --index-base ${1 - assumed} reads them otherwise.\n`,
  );
  return { ...asked, indexBase: assumed, baseSource: 'assumed' };
}
