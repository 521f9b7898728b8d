import { quote, shorten } from '../../text.ts';
import { isOpenQuestion } from '../open-question.ts';
import { questionSpan, wholeOutput } from '../outputs.ts';
import type { OutputRule } from '../types.ts';

export const unmappedAnswer: OutputRule = {
  id: 'unmapped-answer',
  scope: 'output',
  severity: 'warning',
  docs: {
    what: 'There is an output, but no choice can be read from it.',
    why: 'It counts as wrong. A low coverage says that the model did not follow the format, not that it does not know.',
    example: '<CONCLUSION>both of them</CONCLUSION>',
    fix: 'Read the output. If a person can tell the answer, the prompt should ask for a letter more plainly; if nobody can, the model has not answered.',
  },
  *check({ source, judgement, prediction, model }) {
    if (judgement.verdict !== 'unmapped' || judgement.reading.candidates.length > 0) return;
    if (isOpenQuestion(source.record)) return;
    const { conclusion } = judgement.rationale.byName;
    const outputSpan = conclusion?.text ? conclusion.span : wholeOutput(prediction.output);
    const said = prediction.output.slice(outputSpan.start, outputSpan.end);
    const where = conclusion?.text ? 'concludes' : 'says';
    yield {
      message: `${model} ${where} ${quote(said)}, which names none of the ${source.record.choices.length} choices.`,
      span: questionSpan(source),
      evidence: shorten(said, 200),
      outputSpan,
    };
  },
};
