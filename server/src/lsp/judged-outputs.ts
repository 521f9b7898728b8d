import { basename } from 'node:path';
import { checkProblems } from '../core/annotations/engine.ts';
import type { Finding, RuleSettings } from '../core/annotations/types.ts';
import type { RecordName } from '../core/models/output-join.ts';
import type { OutputChunk, OutputSource } from '../core/models/output-source.ts';
import { foreignPrediction, type JudgedOutput, nameOf, opinionOf, readOutputs } from '../core/pipeline.ts';
import type { OutputFormat } from '../core/prompts/types.ts';
import type { DatasetDocument } from '../core/records/document.ts';
import type { Chunk, RecordSource } from '../core/records/types.ts';
import { quote } from '../core/text.ts';
import type { FoundRecord } from './dataset-rows.ts';
import type { Checked } from './finding-index.ts';
import type { Binding } from './outputs-binding.ts';

/** How the outputs of a file are read. */
export interface ReadingOptions {
  /** Of the outputs file. */
  readonly path: string;
  /** The field that holds the raw output. */
  readonly field: string;
  readonly format: OutputFormat;
  readonly rules: RuleSettings;
  /** The index that the prompt gave the first choice; null when that is not known. */
  readonly indexBase: 0 | 1 | null;
}

/** An output with its record and what is said of it; both null where it names no record. */
export interface JudgedLine {
  readonly output: OutputSource;
  readonly record: FoundRecord | null;
  readonly result: JudgedOutput | null;
}

/** What the findings of a chunk were made from. */
interface Basis {
  readonly names: readonly (RecordName | null)[];
  readonly sources: readonly (RecordSource | null)[];
}

const NO_FIXES: Finding['fixes'] = [];

/** The outputs of a file, judged against a dataset; unbound, only what is wrong with the lines themselves is said. */
export class JudgedOutputs implements Checked {
  readonly document: DatasetDocument;
  readonly binding: Binding | null;
  private readonly options: ReadingOptions;
  private readonly bases = new WeakMap<Chunk, Basis>();

  constructor(document: DatasetDocument, binding: Binding | null, options: ReadingOptions) {
    this.document = document;
    this.binding = binding;
    this.options = options;
  }

  /** The field that holds the raw output; empty when there is none. */
  get field(): string {
    return this.options.field;
  }

  /** What cannot be read of a chunk. */
  checkRecord(chunk: Chunk): readonly Finding[] {
    return checkProblems(this.read(chunk).problems, this.options.rules);
  }

  /** Everything to be said of a chunk, on the characters of its outputs. */
  findings(chunk: Chunk): readonly Finding[] {
    const { problems, outputs } = this.read(chunk);
    const lines = this.judgeAll(chunk, outputs);
    return [
      ...checkProblems(problems, this.options.rules),
      ...lines.flatMap((line) => this.findingsOf(line)),
    ];
  }

  /** The outputs of a chunk, judged. */
  judge(chunk: Chunk): readonly JudgedLine[] {
    return this.judgeAll(chunk, this.read(chunk).outputs);
  }

  /** The chunk's outputs with their records; costs less than judging them. */
  records(chunk: Chunk): readonly { readonly output: OutputSource; readonly record: FoundRecord | null }[] {
    return this.read(chunk).outputs.map((output) => ({ output, record: this.find(this.nameOf(output)) }));
  }

  /** The record of the chunk's one output, as its findings were made; null when it has none, or several. */
  recordOf(chunk: Chunk): FoundRecord | null {
    const names = this.bases.get(chunk)?.names;
    return names?.length === 1 ? this.find(names[0] ?? null) : null;
  }

  /** True when the records that the chunk was judged against have changed since. */
  isOutdated(chunk: Chunk): boolean {
    const basis = this.bases.get(chunk);
    return basis?.names.some((name, i) => (this.find(name)?.source ?? null) !== basis.sources[i]) ?? false;
  }

  /** True when the chunk was judged against one of these records; `null`: any. */
  concerns(chunk: Chunk, records: ReadonlySet<string> | null): boolean {
    const sources = this.bases.get(chunk)?.sources ?? [];
    return records === null || sources.some((source) => source !== null && records.has(source.record.id));
  }

  /** The name by which findings call the model of an output: its own, else the file's. */
  modelOf({ output }: OutputSource): string {
    const { model } = output.fields;
    return typeof model === 'string' && model !== '' ? model : basename(this.options.path);
  }

  /** An output's findings on its own characters; none once a person has marked it as read. */
  findingsOf({ output, record, result }: JudgedLine): Finding[] {
    if (output.output.isReviewed || !this.binding) return [];
    if (!record || !result) return [this.unknownRecord(output)];
    return result.findings.map((finding) => ({
      ...finding,
      span: output.place(finding.outputSpan),
      fixes: NO_FIXES,
    }));
  }

  private read(chunk: Chunk): OutputChunk {
    return readOutputs(chunk, this.options.field, chunk.row);
  }

  private judgeAll(chunk: Chunk, outputs: readonly OutputSource[]): JudgedLine[] {
    const names = outputs.map((output) => this.nameOf(output));
    const records = names.map((name) => this.find(name));
    this.bases.set(chunk, { names, sources: records.map((record) => record?.source ?? null) });
    return outputs.map((output, i) => {
      const record = records[i] ?? null;
      return { output, record, result: record && this.result(output, record) };
    });
  }

  private result(output: OutputSource, { index, source }: FoundRecord): JudgedOutput | null {
    const { format, indexBase } = this.options;
    const asked = { model: this.modelOf(output), format, ...(indexBase === null ? {} : { indexBase }) };
    const pipeline = this.binding?.dataset.pipeline;
    const chunk = pipeline?.document.chunks[index];
    if (!pipeline || !chunk) return null;
    const others = pipeline.results(chunk).map(({ run, judgement }) => opinionOf(run.model, judgement));
    return pipeline.judging.judgeOutput(source, foreignPrediction(output.output), asked, others);
  }

  private nameOf({ output }: OutputSource): RecordName | null {
    return this.binding && nameOf(output, this.binding.way);
  }

  private find(name: RecordName | null): FoundRecord | null {
    return name && (this.binding?.rows.find(name) ?? null);
  }

  private unknownRecord(output: OutputSource): Finding {
    const { dataset, way } = this.binding as Binding;
    const name = this.nameOf(output);
    const called = name ? quote(String('id' in name ? name.id : name.row), 40) : `without "${way.by}"`;
    return {
      rule: '',
      severity: 'information',
      message: `${basename(dataset.path)} has no record ${called}, so this output is not judged.`,
      recordId: '',
      span: output.fields.get(way.by)?.value ?? output.span,
      fixes: NO_FIXES,
    };
  }
}
