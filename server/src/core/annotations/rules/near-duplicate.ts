import { quote } from '../../text.ts';
import { dropRecordFix } from '../drop-record.ts';
import { howAlike, SIMILARITY } from '../similarity.ts';
import type { RecordRule } from '../types.ts';

export const nearDuplicate: RecordRule = {
  id: 'near-duplicate',
  scope: 'record',
  severity: 'information',
  threshold: SIMILARITY,
  reads: ['question', 'choices', 'answer', 'hint', 'image', 'split'],
  docs: {
    what: 'A record that reads like an earlier one of its split in question, context and choices (in whatever order), with the same image, the same numbers and the same answer but for a name. What says the very same is reported with another answer, too.',
    why: 'Copies count twice in every number and make its interval narrower than it is; a student that trains on them learns them by heart.',
    example: `{
  "7": { "question": "Which of these is a metal?", "choices": ["oak", "iron"], "answer": 1, "split": "train" },
  "8": { "question": "Which of these is a metal?", "choices": ["iron", "oak"], "answer": 0, "split": "train" },
  "9": { "question": "Which of these floats?", "choices": ["oak", "iron"], "answer": 0, "split": "train" }
}`,
    fix: 'Drop the record, or make it ask something else. Where the two have different answers, correct the wrong one.',
  },
  check(context, threshold) {
    const { earlier } = context.likeness;
    if (!earlier || earlier.similarity < threshold) return [];
    const { record } = earlier.source;
    return [
      {
        message: `The record reads like the earlier record ${quote(record.id, 40)}: ${howAlike(earlier)}.`,
        span: context.source.idSpan,
        evidence: record.question,
        other: earlier.source,
        fixes: dropRecordFix(context),
      },
    ];
  },
};
