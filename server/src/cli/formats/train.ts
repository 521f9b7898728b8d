import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import Table from 'cli-table3';
import { duration, memory } from '../../core/progress.ts';
import { count } from '../../core/text.ts';
import { RUN_FILES } from '../../training/run-folder.ts';
import type { JudgedEvaluation, TrainingRun } from '../../training/training-run.ts';
import type { Format } from '../options.ts';
import { jsonLines, jsonText } from './json.ts';

/** What `train` prints when the trainer has ended. Paths are relative to the folder in which the command runs. */
export function trainOutput(run: TrainingRun, isCheck: boolean, format: Format, folder: string): string {
  const summary = summaryOf(run, folder);
  if (format === 'json') return jsonText(summary);
  if (format === 'jsonl') return jsonLines([summary]);
  return `${(isCheck ? checkText(run) : runText(run, summary)).join('\n')}\n`;
}

type Summary = ReturnType<typeof summaryOf>;

function summaryOf(run: TrainingRun, folder: string) {
  const { history } = run;
  const onnx = join(run.folder, RUN_FILES.onnx);
  return {
    run: run.name,
    folder: relative(folder, run.folder),
    state: run.state,
    problem: run.problem,
    step: history.step,
    steps: history.started?.steps ?? history.preflight?.cost?.steps ?? null,
    loss: history.steps.at(-1)?.loss ?? null,
    device: history.started?.device ?? null,
    findings: history.preflight?.findings ?? [],
    cost: history.preflight?.cost ?? null,
    evaluations: run.evaluations().map(evaluationNumbers),
    model: existsSync(join(onnx, 'config.json')) ? run.name : null,
    export: history.exported && { verified: history.exported.verified, agreed: history.exported.agreed },
  };
}

function evaluationNumbers({ evaluation, scores }: JudgedEvaluation) {
  const { step, loss, empty, distinct_words: distinctWords, length } = evaluation;
  return { step, loss, ...scores, empty, distinctWords, length };
}

function checkText(run: TrainingRun): string[] {
  const { findings = [], cost } = run.history.preflight ?? {};
  const wrong = findings.length === 0 && run.problem === null ? ['Nothing is wrong.'] : [];
  const problem = findings.length === 0 && run.problem !== null ? [run.problem] : [];
  return [
    ...findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`),
    ...problem,
    ...wrong,
    ...(cost
      ? [
          `${count(cost.steps, 'step')}, ${cost.tokens.toLocaleString('en')} tokens, ${memory(cost.memory_bytes)}, about ${duration(cost.seconds)}.`,
        ]
      : []),
  ];
}

function runText(
  run: TrainingRun,
  { state, problem, step, steps, loss, evaluations, model }: Summary,
): string[] {
  const lossText = loss === null ? '' : `, loss ${loss.toFixed(4)}`;
  const table = new Table({
    head: ['step', 'loss', 'accuracy', 'coverage', 'stages', 'contradictions', 'empty', 'words', 'tokens'],
    style: { head: [], border: [] },
  });
  const share = (part: number | null, n: number) => (part === null || n === 0 ? '–' : `${part}/${n}`);
  for (const row of evaluations) {
    const { n } = row;
    table.push([
      ...[row.step, row.loss?.toFixed(4) ?? '–', share(row.correct, n), share(row.mapped, n)],
      ...[share(row.staged, n), share(row.contradictions, n), `${(100 * row.empty).toFixed(0)} %`],
      ...[row.distinctWords, row.length.toFixed(1)],
    ]);
  }
  return [
    `${run.name}: ${state} at step ${step}${steps === null ? '' : ` of ${steps}`}${lossText}.`,
    ...(problem === null ? [] : [problem]),
    ...(evaluations.length > 0 ? [table.toString()] : []),
    ...(model === null
      ? []
      : [
          `The student is the model ${model}: rationale annotate ${run.settings.data.dataset} --model ${model}`,
        ]),
  ];
}
