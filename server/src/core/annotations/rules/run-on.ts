import { quote, shorten } from '../../text.ts';
import { hasOutput, questionSpan } from '../outputs.ts';
import type { OutputContext, OutputRule } from '../types.ts';

/** Role and turn marks of chat templates, and the beginning of another task. */
const NEW_TURN =
  /<\|[^|<>\n]{1,24}\|>|\[\/?INST\]|<(?:start|end)_of_turn>|\n[ \t]{0,8}(?:#{1,4} ?)?(?:user|human|assistant|question) ?:/i;
/** What ends an output by rights. */
const STOP = /(?:<\/s>|<eos>|<end_of_turn>|<\|(?:im_end|endoftext|eot_id|end)\|>)$/;

export const runOn: OutputRule = {
  id: 'run-on',
  scope: 'output',
  severity: 'information',
  docs: {
    what: 'The output goes on after its answer: text behind the last stage, another question, or the turn of another speaker.',
    why: 'The model did not stop. What comes after may change how the answer is read, and costs time and tokens.',
    example: '<CONCLUSION>B</CONCLUSION> Question: Which magnet is stronger?',
    fix: 'Set the stop token of the chat template; in training data, end every target with it.',
  },
  *check(context) {
    if (!hasOutput(context)) return;
    const rest = textAfterAnswer(context);
    if (rest === '') return;
    const { source, model } = context;
    yield {
      message: `${model} goes on after its answer: ${quote(rest)}.`,
      span: questionSpan(source),
      evidence: shorten(rest, 200),
    };
  },
};

function textAfterAnswer({ prediction, judgement, format }: OutputContext): string {
  const output = withoutStop(prediction.output);
  const last = judgement.rationale.stages.at(-1);
  if (format === 'stages' && last?.closeTag) return output.slice(last.closeTag.end).trim();
  const { span } = judgement.reading;
  if (!span) return '';
  const behind = output.slice(span.end);
  const turn = behind.search(NEW_TURN);
  return turn < 0 ? '' : behind.slice(turn).trim();
}

function withoutStop(output: string): string {
  let text = output.trimEnd();
  for (let stop = STOP.exec(text.slice(-24)); stop; stop = STOP.exec(text.slice(-24))) {
    text = text.slice(0, -stop[0].length).trimEnd();
  }
  return text;
}
