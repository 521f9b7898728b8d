import { maxNewTokensOf, renderRecord, promptSnippet as snippetOf } from '../../core/pipeline/prompty.ts';
import type { RequestHandler } from '../handler.ts';
import { requirePromptRecord } from '../prompt-record.ts';

/** A prompt as a command or a program that sends it to an OpenAI-compatible endpoint. */
export const promptSnippet: RequestHandler<'rationale/promptSnippet'> = (params, session) => {
  const { checked, dataset, source } = requirePromptRecord(params.uri, params.record, session);
  const { prompt } = checked;
  const { messages } = renderRecord(prompt, source, dataset.pipeline);
  const known = session.configuredModels().endpoints.find(({ name }) => name === params.model);
  const options = {
    model: known?.model ?? params.model,
    endpoint: known ? { url: known.urls[0] as string, key: known.key ?? null } : null,
    maxNewTokens: maxNewTokensOf(prompt),
  };
  return { text: snippetOf(params.language, messages, options) };
};
