import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type Example, type JudgedSample, judgeSamples } from '../core/pipeline/training.ts';
import type { Evaluation } from '../core/training/events.ts';
import { stateOf, type TrainingHistory, type TrainingState } from '../core/training/history.ts';
import type { SampleScores } from '../core/training/samples.ts';
import { RunEvents } from './run-events.ts';
import { type RunSettings, readExamples, readRunSettings } from './run-folder.ts';
import { isChecking, isTraining, lastWords, wasStarted, wasToTrain } from './trainer-process.ts';

/** An evaluation with its outputs judged. */
export interface JudgedEvaluation {
  readonly evaluation: Evaluation;
  readonly samples: readonly JudgedSample[];
  readonly scores: SampleScores;
}

/** A training run in its folder, as it stands. */
export class TrainingRun {
  readonly folder: string;
  readonly settings: RunSettings;
  readonly events: RunEvents;
  private examples: readonly Example[] | null = null;
  private readonly judged = new WeakMap<Evaluation, JudgedEvaluation>();

  /** @throws Error with one sentence when the folder holds no run */
  constructor(folder: string) {
    this.folder = folder;
    this.settings = readRunSettings(folder);
    this.events = new RunEvents(folder);
    this.events.read();
  }

  get name(): string {
    return basename(this.folder);
  }

  get history(): TrainingHistory {
    return this.events.history;
  }

  get state(): TrainingState {
    return stateOf(this.history, isTraining(this.folder), wasToTrain(this.folder));
  }

  /** Its trainer is at work, but only looks at what is wrong and what it costs. */
  get isChecking(): boolean {
    return isChecking(this.folder);
  }

  /** One sentence why the run is not going on, and the way on; null when nothing is wrong. */
  get problem(): string | null {
    const { end } = this.history;
    switch (this.state) {
      case 'failed':
        return end?.type === 'failed' ? [end.message, end.way_on].filter(Boolean).join(' ') : null;
      case 'interrupted':
        return this.interruption;
      case 'checked': {
        const { findings = [] } = this.history.preflight ?? {};
        return findings.find(({ severity }) => severity === 'error')?.message ?? null;
      }
      case 'new':
        return wasStarted(this.folder) ? endedBefore('the recipe was checked', this.folder) : null;
      default:
        return null;
    }
  }

  /** How the trainer came to an end of which it says nothing. */
  private get interruption(): string {
    const { checkpoint, step, started } = this.history;
    if (!started) return endedBefore('its first step', this.folder);
    const way = checkpoint ? `goes on after step ${checkpoint.step}` : 'begins again';
    return `The trainer was killed after step ${step}; trained again, the run ${way}.`;
  }

  /** The evaluations so far, each judged once. Those whose outputs cannot be read are left out. */
  evaluations(): JudgedEvaluation[] {
    return this.history.evaluations.flatMap((evaluation) => this.judge(evaluation) ?? []);
  }

  private judge(evaluation: Evaluation): JudgedEvaluation | null {
    const known = this.judged.get(evaluation);
    if (known) return known;
    const path = join(this.folder, evaluation.file);
    if (!existsSync(path)) return null;
    this.examples ??= readExamples(this.folder, 'evaluation');
    const judged = { evaluation, ...judgeSamples(readFileSync(path, 'utf8'), this.examples) };
    this.judged.set(evaluation, judged);
    return judged;
  }
}

/** By the last words that Python left; a process that is killed leaves none. */
function endedBefore(what: string, folder: string): string {
  const words = lastWords(folder);
  if (words !== '') return `The trainer ended before ${what}: ${words}`;
  return `The trainer was killed before ${what}, which a system does when its memory is full: free some, or lower batch and raise accumulation by as much.`;
}
