import type { Diagnostic, Location } from 'vscode-languageserver/node';
import type { RuleSettings } from '../core/annotations/types.ts';
import type { OutputSource } from '../core/models/output-source.ts';
import {
  assumedBase,
  fieldsOfChunk,
  findOutputField,
  foreignPrediction,
  formatOf,
  nameOf,
  OUTPUT_FIELDS,
  readOutputs,
} from '../core/pipeline.ts';
import type { OutputFormat } from '../core/prompts/types.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { Chunk } from '../core/records/types.ts';
import { shorten } from '../core/text.ts';
import { note, toRange } from './convert.ts';
import type { Dataset } from './dataset.ts';
import type { FoundRecord } from './dataset-rows.ts';
import { FindingIndex, type FindingReport } from './finding-index.ts';
import { JudgedOutputs } from './judged-outputs.ts';
import type { Binding, Sample } from './outputs-binding.ts';

/** So many outputs from all over the file tell the field, the format and the dataset of all. */
const SAMPLE = 200;
/** So many of them, judged, tell the index base. */
const BASE_SAMPLE = 100;

export interface OutputsOptions {
  readonly rules: RuleSettings;
  /** URI of the folder of the rules' pages. */
  readonly rulePages: string;
  /** The index that the prompt gave the first choice, as the user says; null when not said. */
  readonly indexBase: 0 | 1 | null;
  /** Finds the dataset of the outputs, or says in one sentence why there is none. */
  readonly bind: (sample: Sample) => Binding | string;
}

/** An open outputs file, judged against the dataset it is bound to. */
export class OutputsFile {
  readonly uri: string;
  readonly path: string;
  readonly judged: JudgedOutputs;
  readonly findings: FindingIndex;
  /** What keeps the file from being judged, in one sentence; null when it is judged. */
  readonly problem: string | null;
  /** The index base that all outputs are read with, when nobody has told it but they themselves. */
  readonly assumedBase: 0 | 1 | null;
  private length: number;

  constructor(uri: string, path: string, document: DatasetDocument, options: OutputsOptions) {
    this.uri = uri;
    this.path = path;
    const { field, sample } = sampleOf(path, document);
    const bound = field === null ? noField() : options.bind(sample);
    this.problem = typeof bound === 'string' ? bound : null;
    const binding = typeof bound === 'string' ? null : bound;
    const format = sample.outputs.length > 0 ? formatOf(sample.outputs) : 'letter';
    const assumed = options.indexBase === null && binding ? baseOf(binding, sample, format) : null;
    this.assumedBase = assumed;
    this.judged = new JudgedOutputs(document, binding, {
      path,
      field: field ?? '',
      format,
      rules: options.rules,
      indexBase: options.indexBase ?? assumed,
    });
    this.length = document.chunks.length;
    this.findings = new FindingIndex(this.judged, options.rulePages);
  }

  get document(): DatasetDocument {
    return this.judged.document;
  }

  get dataset(): Dataset | null {
    return this.judged.binding?.dataset ?? null;
  }

  /** What to show: the findings, each with the record it is about, below a note on what nobody has said of the file. */
  report(): FindingReport {
    const { id, diagnostics } = this.findings.report();
    const { dataset, problem, assumedBase } = this;
    const said = problem ?? (assumedBase === null ? null : assumption(assumedBase));
    const notes = said === null ? [] : [note(said)];
    if (!dataset) return { id, diagnostics: [...notes, ...diagnostics] };
    // The record's lines move with every edit above it.
    return {
      id: `${id} ${dataset.findings.state}`,
      diagnostics: [...notes, ...this.related(dataset, diagnostics)],
    };
  }

  /** Takes in an edit of the file: `other` when it has to be read anew from the start. */
  edited(): 'same' | 'other' {
    const { length } = this.document.chunks;
    const moved = length !== this.length;
    this.length = length;
    if (!this.judged.binding) return moved || this.judged.field === '' ? 'other' : 'same';
    // The n-th output belongs to the n-th record.
    if (moved && this.judged.binding.way.kind === 'line') this.findings.outdate(null);
    return 'same';
  }

  /** The line of the outputs at a position, and the chunk that holds it. */
  chunkAt(position: { line: number; character: number }): { readonly index: number; readonly chunk: Chunk } {
    const index = this.document.chunkIndexAt(this.document.offsetAt(position));
    return { index, chunk: this.document.chunks[index] as Chunk };
  }

  /** Where the outputs of a record stand. */
  outputsOf(source: FoundRecord['source']): Location[] {
    return this.document.chunks.flatMap((chunk, index) =>
      this.judged
        .records(chunk)
        .filter(({ record }) => record?.source === source)
        .map(({ output }) => this.locationOf(index, output)),
    );
  }

  locationOf(index: number, { span }: OutputSource): Location {
    return { uri: this.uri, range: toRange(this.document, index, span) };
  }

  private related(dataset: Dataset, diagnostics: readonly Diagnostic[]): Diagnostic[] {
    return diagnostics.map((diagnostic) => {
      const { start } = diagnostic.range;
      const record = this.judged.recordOf(this.chunkAt(start).chunk);
      if (!record || diagnostic.code === undefined) return diagnostic;
      const message = `Record ${record.source.record.id}: ${shorten(record.source.record.question)}`;
      return { ...diagnostic, relatedInformation: [{ location: recordLocation(dataset, record), message }] };
    });
  }
}

/** Where a record stands in its dataset: its id. */
export function recordLocation({ uri, document }: Dataset, { index, source }: FoundRecord): Location {
  return { uri, range: toRange(document, index, source.idSpan) };
}

/** The field of the raw outputs and some of them; no field when the lines have none of the known names. */
export function sampleOf(
  path: string,
  document: DatasetDocument,
): { readonly field: string | null; readonly sample: Sample } {
  const records = [...document.records()];
  // The first ones alone mislead: low numbers of another numbering are ids in any dataset.
  const some = evenly(records, SAMPLE).map(({ chunk }) => chunk);
  // Bare strings by id have no field: they are the outputs.
  const isBare = some.length === 0;
  const field = isBare ? 'output' : findOutputField(some.map(fieldsOfChunk));
  const outputs = (isBare ? document.chunks : some).flatMap((chunk) =>
    field === undefined ? [] : readOutputs(chunk, field, chunk.row).outputs.map(({ output }) => output),
  );
  const lines = isBare ? outputs.length : records.length;
  return { field: field ?? null, sample: { path, outputs: evenly(outputs, SAMPLE), lines } };
}

/** At most `most` of the items, evenly spread. */
function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items];
  return Array.from({ length: most }, (_, i) => items[Math.floor((i * items.length) / most)] as T);
}

/** What the outputs themselves tell of their index base; those without a number tell nothing. */
function baseOf({ dataset, rows, way }: Binding, sample: Sample, format: OutputFormat): 0 | 1 | null {
  const readings = evenly(
    sample.outputs.filter(({ output }) => /\d/.test(output)),
    BASE_SAMPLE,
  ).flatMap((output) => {
    const name = nameOf(output, way);
    const record = name && rows.find(name);
    if (!record) return [];
    const asked = { model: sample.path, format };
    return dataset.pipeline.judging.judgementOf(record.source, foreignPrediction(output), asked).reading;
  });
  return assumedBase(readings);
}

function assumption(base: 0 | 1): string {
  return `These outputs are read as if their prompt had counted the choices from ${base}, since some fit nothing else. Say otherwise in the setting rationale.outputs: "indexBase": ${1 - base}.`;
}

function noField(): string {
  return `These outputs cannot be judged: no line has a field that holds a raw output (looked for ${OUTPUT_FIELDS.join(', ')}).`;
}
