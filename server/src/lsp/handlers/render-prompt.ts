import { pathToFileURL } from 'node:url';
import { type PromptPreview, previewRecord, type SourcedMessage } from '../../core/pipeline-preview.ts';
import type { RecordSource } from '../../core/records/types.ts';
import { shorten } from '../../core/text.ts';
import type {
  PromptMessage,
  PromptView,
  RecordReference,
  RenderPromptResult,
} from '../../protocol/messages.ts';
import { spanRange } from '../convert.ts';
import type { Dataset } from '../dataset.ts';
import type { RequestHandler } from '../handler.ts';
import type { CheckedPrompt } from '../prompt-files.ts';
import type { Session } from '../session.ts';

/** What a model would be shown with an open prompt file for a record. */
export const renderPrompt: RequestHandler<'rationale/renderPrompt'> = ({ uri, record: asked }, session) => {
  const checked = session.prompts.open(uri);
  if (!checked) throw new Error('The preview shows prompt files: open a .prompty file.');
  const dataset = asked ? datasetAt(asked, session) : checked.dataset;
  if (!dataset) {
    const message = 'There is no dataset beside or above this file: open one, and select a record in it.';
    return { record: null, prompt: null, problem: { message, range: null } };
  }
  const source = asked ? recordAt(asked, dataset) : firstRecord(dataset);
  if (!source) {
    const message =
      asked && 'id' in asked
        ? `The dataset no longer has the record ${asked.id}.`
        : 'No record stands there.';
    return { record: null, prompt: null, problem: { message, range: null } };
  }
  const { id, question } = source.record;
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

function datasetAt({ dataset }: RecordReference, { datasets }: Session): Dataset | null {
  try {
    return datasets.get(dataset);
  } catch {
    return null;
  }
}

function recordAt(asked: RecordReference, { document }: Dataset): RecordSource | null {
  const index =
    'id' in asked ? document.find(asked.id) : document.chunkIndexAt(document.offsetAt(asked.position));
  return index === undefined ? null : (document.chunks[index]?.source ?? null);
}

function firstRecord({ document }: Dataset): RecordSource | null {
  return document.chunks.find(({ source }) => source !== null)?.source ?? null;
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
