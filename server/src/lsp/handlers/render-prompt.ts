import { pathToFileURL } from 'node:url';
import { type PromptPreview, previewRecord, type SourcedMessage } from '../../core/pipeline/preview.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { shorten } from '../../core/text.ts';
import type { PromptMessage, PromptView, RenderPromptResult } from '../../protocol/messages.ts';
import { spanRange } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import type { CheckedPrompt } from '../prompt-files.ts';
import { promptRecord } from '../prompt-record.ts';

/** What a model would be shown with an open prompt file for a record. */
export const renderPrompt: RequestHandler<'rationale/renderPrompt'> = ({ uri, record: asked }, session) => {
  const found = promptRecord(uri, asked ?? null, session);
  if ('problem' in found)
    return { record: null, prompt: null, problem: { message: found.problem, range: null } };
  const { checked, dataset, source } = found;
  const { id, question } = source.record;
  if (asked) session.prompts.study(dataset.path, id);
  return {
    record: { dataset: dataset.uri, id, label: shorten(question) },
    ...rendered(checked, source, dataset),
  };
};

function rendered(
  { prompt, document, findings }: CheckedPrompt,
  source: RecordSource,
  { pipeline }: Dataset,
): Pick<RenderPromptResult, 'prompt' | 'problem'> {
  const broken = findings.find(({ rule }) => rule === 'invalid-front-matter' || rule === 'invalid-template');
  try {
    return { prompt: viewOf(previewRecord(prompt, source, pipeline)), problem: null };
  } catch (error) {
    const { message } = error as Error;
    return { prompt: null, problem: { message, range: broken ? spanRange(document, broken.span) : null } };
  }
}

function viewOf({ messages, before, ...preview }: PromptPreview): PromptView {
  return {
    ...preview,
    messages: messages.map(messageOf),
    before: before.map((query) => ({ ...query, messages: query.messages.map(messageOf) })),
  };
}

function messageOf({ role, content }: SourcedMessage): PromptMessage {
  return {
    role,
    content: content.map((part) =>
      part.type === 'text' ? part : { type: 'image', uri: pathToFileURL(part.path).href },
    ),
  };
}
