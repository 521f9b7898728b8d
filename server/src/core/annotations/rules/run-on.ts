import { jsonEnd } from '../../json-output.ts';
import type { Span } from '../../span.ts';
import { quote, shorten } from '../../text.ts';
import { ownTurns } from '../../turn.ts';
import { hasOutput, questionSpan, wholeOutput } from '../outputs.ts';
import type { OutputContext, OutputRule } from '../types.ts';

/** Another task, or code, at the beginning of a line. */
const NEW_TASK =
  /\n[ \t]{0,8}(?:(?:#{1,4} ?)?[*_]{0,2}(?:(?:next )?question|instruction|q\d*|example \d+|problem \d+|task \d+)[*_]{0,2} ?[:.]|```(?:python|py|js|javascript|java|cpp|c|bash|sh|sql|html)\b|(?:import|from) \w+(?: import\b|\n)|def \w+\(|print\(|#include\b|function \w+\(|(?:var|let|const) \w+ ?=|class \w+[:({])/i;
/** What may stand behind JSON: the end of a fence, brackets that close nothing. */
const CLOSERS = /^[\s`}\])]*/;
/** JSON that goes on though it was closed is broken, not behind its answer. */
const BROKEN_JSON = /^[\s`}\])]*["',:[{]/;
/** Tokens of chat templates: what ends an output by rights is no text behind it. */
const TOKENS = /<[^<>\s]{1,42}>|\[\/?INST\]/g;

export const runOn: OutputRule = {
  id: 'run-on',
  scope: 'output',
  severity: 'information',
  threshold: {
    default: 1,
    what: 'the least number of words behind the answer.',
    minimum: 1,
    maximum: 1000,
  },
  docs: {
    what: 'The output goes on after its answer: text behind the last stage or behind its JSON, another task, code, or the turn of another speaker.',
    why: 'The model did not stop. What comes after may change how the answer is read, and costs time and tokens.',
    example: '<CONCLUSION>B</CONCLUSION> Question: Which magnet is stronger?',
    fix: 'Set the stop token of the chat template; in training data, end every target with it.',
  },
  *check(context, threshold) {
    if (!hasOutput(context)) return;
    const outputSpan = textAfterAnswer(context);
    if (!outputSpan) return;
    const { source, prediction, model } = context;
    const rest = prediction.output.slice(outputSpan.start, outputSpan.end);
    if ((rest.replace(TOKENS, ' ').match(/[\p{L}\p{N}]+/gu)?.length ?? 0) < threshold) return;
    yield {
      message: `${model} goes on after its answer: ${quote(rest)}.`,
      span: questionSpan(source),
      evidence: shorten(rest, 200),
      outputSpan,
    };
  },
};

/** From the end of the answer to the end of the output, or null when nothing stands there. */
function textAfterAnswer({ prediction, judgement, format }: OutputContext): Span | null {
  const { output } = prediction;
  const turn = ownTurns(output).find(({ start, end }) => output.slice(start, end).trim() !== '');
  if (!turn) return null;
  const own = output.slice(0, turn.end);
  const from = endOfAnswer(own, { format, judgement }) ?? turn.end;
  const start = from + output.slice(from).search(/\S|$/);
  return start < output.length ? { start, end: wholeOutput(output).end } : null;
}

/** Where the answer ends within the model's own turn; null when it ends with the turn. */
function endOfAnswer(
  own: string,
  { judgement, format }: Pick<OutputContext, 'judgement' | 'format'>,
): number | null {
  const last = judgement.rationale.stages.at(-1);
  if (last) return format === 'stages' ? (last.closeTag?.end ?? null) : null;
  const end = jsonEnd(own);
  if (end !== null) {
    const behind = own.slice(end);
    return BROKEN_JSON.test(behind) ? null : end + CLOSERS.exec(behind)![0].length;
  }
  const { span } = judgement.reading;
  const task = span ? own.slice(span.end).search(NEW_TASK) : -1;
  return span && task >= 0 ? span.end + task : null;
}
