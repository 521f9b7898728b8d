import { pathToFileURL } from 'node:url';
import type { RunCard, Store } from '../core/store/types.ts';
import type { RunRow } from '../protocol/messages.ts';
import type { Client } from './client.ts';
import type { Datasets } from './datasets.ts';

/** Taking numbers that takes longer than this is noticed while typing. Milliseconds. */
const NOTICEABLE = 50;
/** How many times as long as it took such numbers are then good enough: one tenth of the time is spent on them at most. */
const REST = 9;

/** What run reports need of the session. */
interface Surroundings {
  readonly client: Client;
  readonly datasets: Datasets;
  store(): Store;
}

interface Known {
  readonly state: string;
  readonly row: RunRow;
  readonly takenAt: number;
  readonly cost: number;
}

/** The numbers of stored runs, taken again only when the dataset or the run has changed. */
export class RunReports {
  private readonly session: Surroundings;
  private readonly known = new Map<string, Known>();
  private reminder: NodeJS.Timeout | null = null;

  constructor(session: Surroundings) {
    this.session = session;
  }

  row(run: RunCard): RunRow {
    const student = run.cascade && this.session.store().run(run.cascade.student);
    const made = [run, student].map((one) => `${one?.finishedAt} ${one?.seconds}`);
    const state = `${this.session.datasets.stateAt(run.dataset)} ${made.join(' ')}`;
    const before = this.known.get(run.id);
    if (before?.state === state) return before.row;
    const now = performance.now();
    const rest = before && before.cost > NOTICEABLE ? before.takenAt + REST * before.cost - now : 0;
    if (before && rest > 0) {
      this.remind(rest);
      return before.row;
    }
    const row = { ...described(run), ...this.numbers(run) };
    const takenAt = performance.now();
    this.known.set(run.id, { state, row, takenAt, cost: takenAt - now });
    return row;
  }

  private numbers(run: RunCard): Pick<RunRow, 'n' | 'stale' | 'metrics' | 'rate' | 'cascade'> {
    const dataset = this.session.datasets.atIfAny(run.dataset);
    // Moved or deleted since: its runs are listed without numbers.
    const below = run.cascade?.below;
    const unknown = below === undefined ? null : { student: null, below, sent: null };
    if (!dataset) return { n: 0, stale: 0, metrics: null, rate: null, cascade: unknown };
    const { report, stale, recordsPerSecond: rate, cascade } = dataset.pipeline.numbers(run);
    const { accuracy, coverage, contradictions } = report;
    const metrics = report.n > 0 ? { accuracy, coverage, contradictions } : null;
    const both = cascade && { student: cascade.student.model, below: cascade.below, sent: cascade.sent };
    return { n: report.n, stale, metrics, rate, cascade: both ?? unknown };
  }

  /** Has the views ask again once the numbers have had their rest. */
  private remind(after: number): void {
    this.reminder ??= setTimeout(() => {
      this.reminder = null;
      this.session.client.tellChanged({ uri: null, what: 'runs' });
    }, after).unref();
  }
}

function described(run: RunCard) {
  const { id, model, role, device, prompt, setting, split, sample, startedAt, finishedAt } = run;
  const uri = pathToFileURL(run.dataset).href;
  return { id, uri, model, role, device, prompt, setting, split, sample, startedAt, finishedAt };
}
