import { renderRecord } from '../../core/pipeline/prompty.ts';
import type { RequestHandler } from '../handler.ts';
import { requirePromptRecord } from '../prompt-record.ts';

/** What a prompt costs a model; null where the model's tokenizer is not to be had. */
export const promptTokens: RequestHandler<'rationale/promptTokens'> = async (params, session) => {
  const { checked, dataset, source } = requirePromptRecord(params.uri, params.record, session);
  const { messages } = renderRecord(checked.prompt, source, dataset.pipeline);
  const counter = await session.models.tokenCounter(params.model, session.device);
  return counter && { ...counter.count(messages), context: counter.context };
};
