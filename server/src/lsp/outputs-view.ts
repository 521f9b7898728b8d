/** What the editor shows of the outputs in an outputs file: hovers, hints and fixes. */
import { basename } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CodeAction, CodeActionKind, type Diagnostic, type InlayHint } from 'vscode-languageserver/node';
import { dropRecord } from '../core/annotations/drop-record.ts';
import { mapFixes, reviewedFix } from '../core/annotations/output-edits.ts';
import { outputHint, outputHover } from '../core/annotations/output-view.ts';
import type { ModelResult } from '../core/annotations/results.ts';
import type { Finding } from '../core/annotations/types.ts';
import type { Chunk } from '../core/records/types.ts';
import type { Position, Range } from '../core/span.ts';
import { toRange, toTextEdits } from './convert.ts';
import type { Dataset } from './dataset.ts';
import { type FoundRecord, wayWords } from './dataset-rows.ts';
import type { JudgedLine } from './judged-outputs.ts';
import { type OutputsFile, recordLocation } from './outputs-file.ts';
import { touches } from './range.ts';

/** The command by which an editor asks for the dataset of an outputs file; the editor has to know it. */
const CHOOSE_DATASET = 'rationale.judgeOutputs';

/** The outputs at a position: one as a rule, none on a blank line. */
export function outputsAt(file: OutputsFile, position: Position): JudgedLine[] {
  const { index, chunk } = file.chunkAt(position);
  const here = { start: position, end: position };
  return file.judged
    .judge(chunk)
    .filter(({ output }) => touches(toRange(file.document, index, output.span), here));
}

/** An output's record, its reading, its stages and its findings, as Markdown; null when it has no record. */
export function hoverText(
  file: OutputsFile,
  position: Position,
  ruleLink: (rule: string) => string,
): string | null {
  const { dataset } = file;
  const [line] = outputsAt(file, position);
  const result = line && resultOf(file, line);
  if (!dataset || !line?.record || !result) return null;
  const { source } = line.record;
  const image = dataset.pipeline.surroundings.image(source.record);
  return outputHover({
    source,
    result,
    imageUri: image.state === 'ok' ? pathToFileURL(image.path).href : null,
    recordLink: recordLink(file, dataset, line.record),
    isReviewed: line.output.output.isReviewed,
    isBaseAssumed: file.assumedBase !== null,
    ruleLink,
  });
}

/** The letter that was read, behind each output in sight. */
export function hints(file: OutputsFile, range: Range): InlayHint[] {
  const { document, judged } = file;
  const last = document.chunkIndexAt(document.offsetAt(range.end));
  const shown: InlayHint[] = [];
  for (let index = document.chunkIndexAt(document.offsetAt(range.start)); index <= last; index++) {
    const chunk = document.chunks[index];
    for (const line of chunk ? judged.judge(chunk) : []) {
      const result = resultOf(file, line);
      if (!line.record || !result) continue;
      const { label, tooltip } = outputHint(result, line.record.source);
      const { end } = toRange(document, index, line.output.span);
      shown.push({ position: end, label, tooltip, paddingLeft: true });
    }
  }
  return shown;
}

/** What can be done about the findings in the range; each thing once, however many findings it would settle. */
export function fixes(file: OutputsFile, range: Range, diagnostics: readonly Diagnostic[]): CodeAction[] {
  if (!file.dataset) return chooseDataset(file, diagnostics);
  const { document, judged } = file;
  const actions: CodeAction[] = [];
  const last = document.chunkIndexAt(document.offsetAt(range.end));
  for (let index = document.chunkIndexAt(document.offsetAt(range.start)); index <= last; index++) {
    for (const line of judged.judge(document.chunks[index] as Chunk)) {
      const found = judged
        .findingsOf(line)
        .filter(({ span }) => touches(toRange(document, index, span), range));
      if (found.length > 0) actions.push(...fixesOf(file, file.dataset, index, line, found, diagnostics));
    }
  }
  return actions;
}

function fixesOf(
  file: OutputsFile,
  dataset: Dataset,
  index: number,
  { output, record, result }: JudgedLine,
  found: readonly Finding[],
  diagnostics: readonly Diagnostic[],
): CodeAction[] {
  if (!record || !result) return [];
  const rules = new Set(found.map(({ rule }) => rule));
  const action = (title: string, edit: CodeAction['edit']): CodeAction => ({
    title,
    kind: CodeActionKind.QuickFix,
    diagnostics: diagnostics.filter(({ code }) => rules.has(String(code))),
    edit,
  });
  const own = [...mappings({ output, record, result }), reviewedFix(output)].map((fix) =>
    action(fix.title, { changes: { [file.uri]: toTextEdits(file.document, index, fix) } }),
  );
  const inRecord = result.findings
    .filter(({ rule }) => rules.has(rule))
    .flatMap((finding) => finding.fixes)
    .map((fix) =>
      action(fix.title, { changes: { [dataset.uri]: toTextEdits(dataset.document, record.index, fix) } }),
    );
  const { id } = record.source.record;
  const drop = action(`Drop record ${id} from ${basename(dataset.path)}`, {
    changes: { [dataset.uri]: dropEdits(dataset, record.index) },
  });
  return [...own, ...inRecord, drop];
}

/** Nothing is to be mapped where the answer read is the right one. */
function mappings({ output, record, result }: JudgedLine) {
  if (!record || !result || result.judgement.verdict === 'correct') return [];
  return mapFixes(output, record.source, result.judgement.reading.choice);
}

function dropEdits({ document }: Dataset, index: number) {
  return dropRecord(document, index).map(({ span, newText }) => ({
    range: { start: document.positionAt(span.start), end: document.positionAt(span.end) },
    newText,
  }));
}

function chooseDataset(file: OutputsFile, diagnostics: readonly Diagnostic[]): CodeAction[] {
  const shown = diagnostics.filter(({ message }) => message === file.problem);
  if (shown.length === 0) return [];
  const title = 'Choose the dataset of these outputs…';
  const command = { title, command: CHOOSE_DATASET, arguments: [file.uri] };
  return [{ title, kind: CodeActionKind.QuickFix, diagnostics: shown, isPreferred: true, command }];
}

function resultOf(file: OutputsFile, { output, result }: JudgedLine): ModelResult | null {
  return result && { model: file.judged.modelOf(output), role: 'other', ...result };
}

function recordLink(file: OutputsFile, dataset: Dataset, record: FoundRecord): string {
  const { uri, range } = recordLocation(dataset, record);
  const { way } = file.judged.binding ?? {};
  const name = record.source.record.id.replaceAll(/[[\]\\]/g, '\\$&');
  const found = way ? `, found ${wayWords(way)}` : '';
  return `[${name}](${uri}#L${range.start.line + 1}) of ${basename(dataset.path)}${found}`;
}
