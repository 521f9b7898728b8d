import type { Rule } from '../types.ts';
import { ambiguousAnswer } from './ambiguous-answer.ts';
import { answerOnly } from './answer-only.ts';
import { answerOutOfRange } from './answer-out-of-range.ts';
import { duplicateChoice } from './duplicate-choice.ts';
import { duplicateId } from './duplicate-id.ts';
import { duplicateStage } from './duplicate-stage.ts';
import { emptyChoice } from './empty-choice.ts';
import { emptyLecture } from './empty-lecture.ts';
import { emptySolution } from './empty-solution.ts';
import { emptyStage } from './empty-stage.ts';
import { failedRequest } from './failed-request.ts';
import { imageOutsideDataset } from './image-outside-dataset.ts';
import { malformedRecord } from './malformed-record.ts';
import { missingAnswer } from './missing-answer.ts';
import { missingImage } from './missing-image.ts';
import { missingStage } from './missing-stage.ts';
import { noOutput } from './no-output.ts';
import { reasoningContradictsConclusion } from './reasoning-contradicts-conclusion.ts';
import { repetition } from './repetition.ts';
import { runOn } from './run-on.ts';
import { solutionNamesOtherChoice } from './solution-names-other-choice.ts';
import { sparseOutput } from './sparse-output.ts';
import { stageOutOfOrder } from './stage-out-of-order.ts';
import { tooFewChoices } from './too-few-choices.ts';
import { truncatedOutput } from './truncated-output.ts';
import { unclosedStage } from './unclosed-stage.ts';
import { unknownSplitId } from './unknown-split-id.ts';
import { unmappedAnswer } from './unmapped-answer.ts';
import { unreadableImage } from './unreadable-image.ts';
import { wrongAnswer } from './wrong-answer.ts';

/** Every rule, one line each, sorted by id within its group. */
export const RULES: readonly Rule[] = [
  // Records: what the dataset's text says.
  answerOutOfRange,
  duplicateChoice,
  duplicateId,
  emptyChoice,
  emptyLecture,
  emptySolution,
  imageOutsideDataset,
  malformedRecord,
  missingAnswer,
  missingImage,
  solutionNamesOtherChoice,
  tooFewChoices,
  unknownSplitId,
  unreadableImage,
  // Outputs: what a model made of a record.
  ambiguousAnswer,
  answerOnly,
  duplicateStage,
  emptyStage,
  failedRequest,
  missingStage,
  noOutput,
  reasoningContradictsConclusion,
  repetition,
  runOn,
  sparseOutput,
  stageOutOfOrder,
  truncatedOutput,
  unclosedStage,
  unmappedAnswer,
  wrongAnswer,
];
