/** A training run as the editor shows it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type {
  SampleText,
  TrainingCurves,
  TrainingEvaluation,
  TrainingRow,
  TrainingSamples,
  TrainingView,
} from '../protocol/training.ts';
import { RUN_FILES } from '../training/run-folder.ts';
import { waitingJob } from '../training/trainer-process.ts';
import type { JudgedEvaluation, TrainingRun } from '../training/training-run.ts';

/** Points of a curve: more than a plot has pixels tells nothing. */
const MOST_POINTS = 1000;
/** Samples shown. */
const MOST_SAMPLES = 12;

export function trainingRow(run: TrainingRun): TrainingRow {
  const { history, state } = run;
  const isExported = existsSync(join(run.folder, RUN_FILES.onnx, 'config.json'));
  return {
    name: run.name,
    folder: pathToFileURL(run.folder).href,
    state,
    isCheck: state === 'running' && run.isChecking,
    waitingJob: state === 'running' ? waitingJob(run.folder) : null,
    step: history.step,
    steps: history.started?.steps ?? history.preflight?.cost?.steps ?? null,
    secondsLeft: state === 'running' ? history.secondsLeft : null,
    problem: run.problem,
    model: isExported ? run.name : null,
  };
}

export function trainingView(run: TrainingRun): TrainingView {
  const { history, settings } = run;
  const row = trainingRow(run);
  const { started, preflight, exported } = history;
  const last = history.steps.at(-1);
  const evaluations = run.evaluations();
  const { verified, agreed } = exported ?? {};
  return {
    ...row,
    recipe: pathToFileURL(settings.recipe).href,
    dataset: pathToFileURL(settings.data.dataset).href,
    student: settings.student,
    examples: started?.examples ?? 0,
    preparation: row.state === 'running' ? history.preparation : null,
    device: started?.device ?? null,
    weights: started && { trainable: started.trainable, total: started.total },
    rate: history.rate,
    memoryBytes: last?.memory_bytes ?? null,
    epoch: last?.epoch ?? 0,
    findings: preflight?.findings ?? [],
    cost: preflight?.cost
      ? {
          steps: preflight.cost.steps,
          tokens: preflight.cost.tokens,
          memoryBytes: preflight.cost.memory_bytes,
          seconds: preflight.cost.seconds,
        }
      : null,
    warnings: history.collapses.map(({ message }) => message),
    checkpoint: history.checkpoint?.step ?? null,
    agreement: verified !== undefined && agreed !== undefined ? { agreed, verified } : null,
    curves: curvesOf(run),
    evaluations: evaluations.map(evaluationOf),
    samples: samplesOf(evaluations),
  };
}

function curvesOf({ history: { steps } }: TrainingRun): TrainingCurves {
  const every = Math.max(1, Math.ceil(steps.length / MOST_POINTS));
  // The last step is always there: it is what a person looks at.
  const kept = steps.filter((_step, index) => index % every === 0 || index === steps.length - 1);
  return {
    step: kept.map(({ step }) => step),
    loss: kept.map(({ loss }) => loss),
    learningRate: kept.map(({ learning_rate }) => learning_rate),
    gradientNorm: kept.map(({ gradient_norm }) => gradient_norm),
  };
}

function evaluationOf({ evaluation, scores }: JudgedEvaluation): TrainingEvaluation {
  const { step, loss, empty, distinct_words: distinctWords, length } = evaluation;
  return { step, loss, ...scores, empty, distinctWords, length };
}

function samplesOf(evaluations: readonly JudgedEvaluation[]): TrainingSamples | null {
  const now = evaluations.at(-1);
  if (!now) return null;
  const first = evaluations.length > 1 ? evaluations[0] : undefined;
  const before = new Map(first?.samples.map((sample) => [sample.id, sample]));
  return {
    step: now.evaluation.step,
    before: first?.evaluation.step ?? null,
    rows: now.samples.slice(0, MOST_SAMPLES).map((sample) => {
      const old = before.get(sample.id);
      return { id: sample.id, gold: sample.gold, now: textOf(sample), before: old ? textOf(old) : null };
    }),
  };
}

function textOf({ output, letter, verdict }: JudgedEvaluation['samples'][number]): SampleText {
  return { output, letter, correct: verdict === 'correct' };
}
