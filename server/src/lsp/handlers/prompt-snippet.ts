import { maxNewTokensOf, renderRecord, promptSnippet as snippetOf } from '../../core/pipeline-prompty.ts';
import type { RequestHandler } from '../handler.ts';
import { requirePromptRecord } from '../prompt-record.ts';

/** Where servers of open models listen unless they are told otherwise, as vLLM does. */
const USUAL_URL = 'http://localhost:8000/v1';

/** A prompt as a command or a program that sends it to an OpenAI-compatible endpoint. */
export const promptSnippet: RequestHandler<'rationale/promptSnippet'> = (params, session) => {
  const { checked, dataset, source } = requirePromptRecord(params.uri, params.record, session);
  const { prompt } = checked;
  const { messages } = renderRecord(prompt, source, dataset.pipeline);
  const options = { model: params.model, url: USUAL_URL, maxNewTokens: maxNewTokensOf(prompt) };
  return { text: snippetOf(params.language, messages, options) };
};
