import { quote } from '../../text.ts';
import { dropRecordFix } from '../drop-record.ts';
import { howAlike, SIMILARITY } from '../similarity.ts';
import type { RecordRule } from '../types.ts';

export const splitLeak: RecordRule = {
  id: 'split-leak',
  scope: 'record',
  severity: 'warning',
  threshold: SIMILARITY,
  reads: ['question', 'choices', 'answer', 'hint', 'image', 'split'],
  docs: {
    what: 'A record to learn from that reads like one to test with: the same question, context, choices and numbers but for some words, the same image and the same answer, in another split; when several files are checked together, in another file. It is reported in the training split rather than in the test split, and of files in the one whose name says that it is for training, else in the later one.',
    why: 'A model that has seen the question in training is not tested by it: the accuracy on the test split is too high, and nobody sees by how much.',
    example: `{
  "7": { "question": "Which of these is a metal?", "choices": ["oak", "iron"], "answer": 1, "split": "train" },
  "8": { "question": "Which of these is a metal?", "choices": ["iron", "oak"], "answer": 0, "split": "test" }
}`,
    fix: 'Drop the record from the split that is learned from, and leave the test split as it is.',
  },
  check(context, threshold) {
    const { elsewhere } = context.likeness;
    if (!elsewhere || elsewhere.similarity < threshold) return [];
    const { record } = elsewhere.source;
    const where = elsewhere.file ?? `the split ${quote(elsewhere.split ?? '', 40)}`;
    const other = `record ${quote(record.id, 40)} of ${where}`;
    return [
      {
        message: `The record reads like ${other}: ${howAlike(elsewhere)}.`,
        span: context.source.idSpan,
        evidence: record.question,
        other: elsewhere.source,
        fixes: dropRecordFix(context),
      },
    ];
  },
};
