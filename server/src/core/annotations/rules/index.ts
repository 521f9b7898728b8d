import type { Rule } from '../types.ts';
import { ambiguousAnswer } from './ambiguous-answer.ts';
import { answerInPrompt } from './answer-in-prompt.ts';
import { answerOnly } from './answer-only.ts';
import { answerOutOfRange } from './answer-out-of-range.ts';
import { duplicateChoice } from './duplicate-choice.ts';
import { duplicateId } from './duplicate-id.ts';
import { duplicateStage } from './duplicate-stage.ts';
import { emptyChoice } from './empty-choice.ts';
import { emptyInput } from './empty-input.ts';
import { emptyLecture } from './empty-lecture.ts';
import { emptySolution } from './empty-solution.ts';
import { emptyStage } from './empty-stage.ts';
import { failedRequest } from './failed-request.ts';
import { formatNotRequested } from './format-not-requested.ts';
import { goldSuspect } from './gold-suspect.ts';
import { imageNeeded } from './image-needed.ts';
import { imageOutsideDataset } from './image-outside-dataset.ts';
import { imageTokenMismatch } from './image-token-mismatch.ts';
import { impossibleAccuracy } from './impossible-accuracy.ts';
import { impossibleF1 } from './impossible-f1.ts';
import { invalidFrontMatter } from './invalid-front-matter.ts';
import { invalidRecipe } from './invalid-recipe.ts';
import { invalidTemplate } from './invalid-template.ts';
import { languageDrift } from './language-drift.ts';
import { malformedRecord } from './malformed-record.ts';
import { missingAnswer } from './missing-answer.ts';
import { missingImage } from './missing-image.ts';
import { missingImageInput } from './missing-image-input.ts';
import { missingRecipeInput } from './missing-recipe-input.ts';
import { missingStage } from './missing-stage.ts';
import { nearDuplicate } from './near-duplicate.ts';
import { noOutput } from './no-output.ts';
import { promptTooLong } from './prompt-too-long.ts';
import { promptyV1 } from './prompty-v1.ts';
import { reasoningContradictsConclusion } from './reasoning-contradicts-conclusion.ts';
import { refusal } from './refusal.ts';
import { repetition } from './repetition.ts';
import { runOn } from './run-on.ts';
import { solutionLeak } from './solution-leak.ts';
import { solutionNamesOtherChoice } from './solution-names-other-choice.ts';
import { sparseOutput } from './sparse-output.ts';
import { splitLeak } from './split-leak.ts';
import { splitOverlap } from './split-overlap.ts';
import { stageOutOfOrder } from './stage-out-of-order.ts';
import { targetInPrompt } from './target-in-prompt.ts';
import { targetWithoutAnswer } from './target-without-answer.ts';
import { teacherOfOtherRecords } from './teacher-of-other-records.ts';
import { tooFewChoices } from './too-few-choices.ts';
import { trainTemplateMismatch } from './train-template-mismatch.ts';
import { truncatedOutput } from './truncated-output.ts';
import { unclosedStage } from './unclosed-stage.ts';
import { unknownSplitId } from './unknown-split-id.ts';
import { unknownVariable } from './unknown-variable.ts';
import { unmappedAnswer } from './unmapped-answer.ts';
import { unreadableImage } from './unreadable-image.ts';
import { unusedInput } from './unused-input.ts';
import { wrongAnswer } from './wrong-answer.ts';
import { wrongMean } from './wrong-mean.ts';

/** Every rule, one line each, sorted by id within its group. */
export const RULES: readonly Rule[] = [
  // Records: what the dataset's text says.
  answerOutOfRange,
  duplicateChoice,
  duplicateId,
  emptyChoice,
  emptyLecture,
  emptySolution,
  imageNeeded,
  imageOutsideDataset,
  imageTokenMismatch,
  malformedRecord,
  missingAnswer,
  missingImage,
  nearDuplicate,
  solutionNamesOtherChoice,
  splitLeak,
  splitOverlap,
  tooFewChoices,
  unknownSplitId,
  unreadableImage,
  // Prompts: what a prompt file asks.
  answerInPrompt,
  emptyInput,
  formatNotRequested,
  invalidFrontMatter,
  invalidTemplate,
  missingImageInput,
  promptTooLong,
  promptyV1,
  solutionLeak,
  trainTemplateMismatch,
  unknownVariable,
  unusedInput,
  // Recipes: what a training is told.
  invalidRecipe,
  missingRecipeInput,
  targetInPrompt,
  targetWithoutAnswer,
  teacherOfOtherRecords,
  // Outputs: what a model made of a record.
  ambiguousAnswer,
  answerOnly,
  duplicateStage,
  emptyStage,
  failedRequest,
  goldSuspect,
  languageDrift,
  missingStage,
  noOutput,
  reasoningContradictsConclusion,
  refusal,
  repetition,
  runOn,
  sparseOutput,
  stageOutOfOrder,
  truncatedOutput,
  unclosedStage,
  unmappedAnswer,
  wrongAnswer,
  // Tables of results: whether their numbers are possible.
  impossibleAccuracy,
  impossibleF1,
  wrongMean,
];
