import { pathToFileURL } from 'node:url';
import { MarkupKind } from 'vscode-languageserver/node';
import { recordHover } from '../../core/annotations/hover.ts';
import { RULES } from '../../core/annotations/rules/index.ts';
import type { Chunk } from '../../core/records/types.ts';
import { modelResults, toRange } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import { touches } from '../range.ts';

/** The record under the pointer, then the rules of the findings there. */
export const hover: RequestHandler<'textDocument/hover'> = ({ textDocument, position }, session) => {
  const dataset = session.datasets.open(textDocument.uri);
  if (!dataset) return null;
  const { document, findings } = dataset;
  const index = document.chunkIndexAt(document.offsetAt(position));
  const here = { start: position, end: position };
  const found = findings.findings(index).filter(({ span }) => touches(toRange(document, index, span), here));
  const rules = [...new Set(found.map(({ rule }) => rule))].map((rule) =>
    ruleText(rule, session.rulePage(rule)),
  );
  const chunk = document.chunks[index] as Chunk;
  const parts = [recordText(dataset, chunk, (rule) => session.rulePage(rule)), ...rules].filter(
    (part) => part !== '',
  );
  return parts.length === 0
    ? null
    : { contents: { kind: MarkupKind.Markdown, value: parts.join('\n\n---\n\n') } };
};

function recordText({ pipeline }: Dataset, chunk: Chunk, ruleLink: (rule: string) => string): string {
  const { source } = chunk;
  if (!source) return '';
  const image = pipeline.surroundings.image(source.record);
  const imageUri = image.state === 'ok' ? pathToFileURL(image.path).href : null;
  return recordHover({ source, imageUri, results: modelResults(pipeline.results(chunk)), ruleLink });
}

/** What the rule's page says, in short. */
function ruleText(id: string, page: string): string {
  const rule = RULES.find((candidate) => candidate.id === id);
  if (!rule) return '';
  const { what, why, fix } = rule.docs;
  return `**[${id}](${page})**: ${what}\n\n${why}\n\n*What to do:* ${fix}`;
}
