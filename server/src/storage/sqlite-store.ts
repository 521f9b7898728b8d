import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { FaithfulnessScores } from '../core/metrics/faithfulness.ts';
import type { RunCard, RunChange, Store, StoredPrediction } from '../core/store/types.ts';
import { migrate } from './schema.ts';

/**
 * Opens (or makes) the store in one SQLite file, in write-ahead mode: a process killed at any moment loses
 * nothing that `save` returned from. Throws one sentence when the file cannot be used.
 */
export function openStore(path: string): Store {
  let database: DatabaseSync;
  try {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
    // Another window's server may be writing: wait for it up to five seconds.
    database = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
  } catch (error) {
    throw new Error(
      `Results cannot be stored in ${path} (${reason(error)}): name another file in RATIONALE_STORE.`,
    );
  }
  try {
    migrate(database);
    return new SqliteStore(database, path);
  } catch (error) {
    database.close();
    throw new Error(`Results cannot be stored in ${path}: ${reason(error)}`);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

type Row = Record<string, string | number | null>;

class SqliteStore implements Store {
  private readonly database: DatabaseSync;
  private readonly path: string;
  /** Asked for every prompt of a matrix. */
  private readonly findKey: StatementSync;
  /** Asked for every record of a run. */
  private readonly findSaid: StatementSync;
  private readonly findOutcomes: StatementSync;
  private readonly readOutput: (...place: OutputPlace) => string;

  constructor(database: DatabaseSync, path: string) {
    this.database = database;
    this.path = path;
    this.findKey = database.prepare('SELECT * FROM predictions WHERE key = ? AND error IS NULL LIMIT 1');
    this.findSaid = database.prepare(
      'SELECT * FROM predictions WHERE run_id = ? AND record_id = ? ORDER BY query, sample',
    );
    this.findOutcomes = database.prepare(
      `SELECT run_id, record_id, sample, query, key, finish_reason, prompt_tokens, image_tokens, output_tokens,
         log_probability, cost, error
       FROM predictions WHERE run_id = ? AND record_id = ? ORDER BY query, sample`,
    );
    const findOutput = database.prepare(
      'SELECT output FROM predictions WHERE run_id = ? AND record_id = ? AND sample = ? AND query = ? AND key = ?',
    );
    this.readOutput = (...place) => String(findOutput.get(...place)?.output ?? '');
  }

  openRun(card: RunCard): RunCard {
    this.change(() =>
      this.database
        .prepare(
          `INSERT INTO runs (id, dataset, model, revision, role, device, prompt, prompt_text, setting, format,
           decoding, split, sample, variation, purpose, cascade, started_at, finished_at, seconds, generated)
         VALUES ($id, $dataset, $model, $revision, $role, $device, $prompt, $promptText, $setting, $format,
           $decoding, $split, $sample, $variation, $purpose, $cascade, $startedAt, $finishedAt, $seconds, $generated)
         ON CONFLICT (id) DO NOTHING`,
        )
        .run({
          ...card,
          decoding: JSON.stringify(card.decoding),
          sample: card.sample && JSON.stringify(card.sample),
          cascade: card.cascade && JSON.stringify(card.cascade),
        }),
    );
    return this.run(card.id) ?? card;
  }

  updateRun(id: string, { finishedAt, addSeconds, addGenerated, device }: RunChange): void {
    this.change(() => {
      if (finishedAt !== undefined)
        this.database.prepare('UPDATE runs SET finished_at = ? WHERE id = ?').run(finishedAt, id);
      if (addSeconds !== undefined)
        this.database.prepare('UPDATE runs SET seconds = seconds + ? WHERE id = ?').run(addSeconds, id);
      if (addGenerated !== undefined)
        this.database.prepare('UPDATE runs SET generated = generated + ? WHERE id = ?').run(addGenerated, id);
      if (device !== undefined)
        this.database.prepare('UPDATE runs SET device = ? WHERE id = ?').run(device, id);
    });
  }

  runs(dataset?: string): readonly RunCard[] {
    const rows = dataset
      ? this.database
          .prepare('SELECT * FROM runs WHERE dataset = ? ORDER BY started_at DESC, id')
          .all(dataset)
      : this.database.prepare('SELECT * FROM runs ORDER BY started_at DESC, id').all();
    return rows.map((row) => toRun(row as Row));
  }

  run(id: string): RunCard | null {
    const row = this.database.prepare('SELECT * FROM runs WHERE id = ?').get(id);
    return row ? toRun(row as Row) : null;
  }

  deleteRun(id: string): void {
    this.change(() => this.database.prepare('DELETE FROM runs WHERE id = ?').run(id));
  }

  save(predictions: readonly StoredPrediction[]): void {
    const insert = this.database.prepare(
      `INSERT OR REPLACE INTO predictions
         (run_id, record_id, sample, query, key, output, finish_reason, prompt_tokens, image_tokens, output_tokens,
          log_probability, cost, error)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.change(() => {
      for (const p of predictions) {
        const { promptTokens, imageTokens, outputTokens, cost } = p.usage;
        insert.run(
          p.runId,
          p.recordId,
          p.sample,
          p.query ?? '',
          p.key,
          p.output,
          p.finishReason,
          promptTokens,
          imageTokens,
          outputTokens,
          p.logProbability ?? null,
          cost ?? null,
          p.error ?? null,
        );
      }
    });
  }

  predictions(runId: string): ReadonlyMap<string, readonly StoredPrediction[]> {
    const rows = this.database
      .prepare("SELECT * FROM predictions WHERE run_id = ? AND query = '' ORDER BY record_id, sample")
      .all(runId);
    return Map.groupBy(
      rows.map((row) => toPrediction(row as Row)),
      ({ recordId }) => recordId,
    );
  }

  said(runId: string, recordId: string): readonly StoredPrediction[] {
    return this.findSaid.all(runId, recordId).map((row) => toPrediction(row as Row));
  }

  outcomes(runId: string, recordId: string): readonly StoredPrediction[] {
    const rows = this.findOutcomes.all(runId, recordId);
    return rows.map((row) => new Outcome(toPrediction({ ...row, output: '' } as Row), this.readOutput));
  }

  byKey(key: string): StoredPrediction | null {
    const row = this.findKey.get(key);
    return row ? toPrediction(row as Row) : null;
  }

  saveScores(key: string, scores: FaithfulnessScores): void {
    this.database
      .prepare('INSERT OR REPLACE INTO scores (key, scores) VALUES (?, ?)')
      .run(key, JSON.stringify(scores));
  }

  scores(key: string): FaithfulnessScores | null {
    const row = this.database.prepare('SELECT scores FROM scores WHERE key = ?').get(key);
    return row ? JSON.parse(String(row.scores)) : null;
  }

  addTraining(folder: string, addedAt: string): void {
    this.change(() =>
      this.database
        .prepare('INSERT INTO trainings (folder, added_at) VALUES (?, ?) ON CONFLICT (folder) DO NOTHING')
        .run(folder, addedAt),
    );
  }

  trainings(): readonly string[] {
    const rows = this.database.prepare('SELECT folder FROM trainings ORDER BY added_at DESC, folder').all();
    return rows.map(({ folder }) => String(folder));
  }

  removeTraining(folder: string): void {
    this.change(() => this.database.prepare('DELETE FROM trainings WHERE folder = ?').run(folder));
  }

  close(): void {
    this.database.close();
  }

  /**
   * All of it or, where the disk is full or gone, nothing.
   * @throws Error whose message is one sentence
   */
  private change(make: () => void): void {
    const { database, path } = this;
    try {
      database.exec('BEGIN IMMEDIATE');
      make();
      database.exec('COMMIT');
    } catch (error) {
      // SQLite has taken it back itself when the disk was full.
      if (database.isTransaction) database.exec('ROLLBACK');
      throw new Error(
        `Results can no longer be stored in ${path} (${reason(error)}); what was stored before is safe, and the same goes on from there.`,
      );
    }
  }
}

type OutputPlace = [runId: string, recordId: string, sample: number, query: string, key: string];

/** A prediction whose output is read when it is looked at, and not kept. */
class Outcome implements StoredPrediction {
  readonly runId: string;
  readonly recordId: string;
  readonly sample: number;
  readonly query?: string;
  readonly key: string;
  readonly finishReason: StoredPrediction['finishReason'];
  readonly usage: StoredPrediction['usage'];
  readonly logProbability?: number;
  readonly error?: string;
  private readonly read: (...place: OutputPlace) => string;

  constructor(known: StoredPrediction, read: (...place: OutputPlace) => string) {
    this.runId = known.runId;
    this.recordId = known.recordId;
    this.sample = known.sample;
    this.query = known.query;
    this.key = known.key;
    this.finishReason = known.finishReason;
    this.usage = known.usage;
    this.logProbability = known.logProbability;
    this.error = known.error;
    this.read = read;
  }

  get output(): string {
    return this.read(this.runId, this.recordId, this.sample, this.query ?? '', this.key);
  }
}

function toRun(row: Row): RunCard {
  return {
    id: String(row.id),
    dataset: String(row.dataset),
    model: String(row.model),
    revision: String(row.revision),
    role: row.role as RunCard['role'],
    device: String(row.device),
    prompt: String(row.prompt),
    promptText: String(row.prompt_text),
    setting: row.setting as RunCard['setting'],
    format: row.format as RunCard['format'],
    decoding: JSON.parse(String(row.decoding)),
    split: row.split === null ? null : String(row.split),
    sample: row.sample === null ? null : JSON.parse(String(row.sample)),
    variation: row.variation === null ? null : String(row.variation),
    purpose: row.purpose as RunCard['purpose'],
    cascade: row.cascade === null ? null : JSON.parse(String(row.cascade)),
    startedAt: String(row.started_at),
    finishedAt: row.finished_at === null ? null : String(row.finished_at),
    seconds: Number(row.seconds),
    generated: Number(row.generated),
  };
}

function toPrediction(row: Row): StoredPrediction {
  return {
    runId: String(row.run_id),
    recordId: String(row.record_id),
    sample: Number(row.sample),
    ...(row.query === '' ? {} : { query: String(row.query) }),
    key: String(row.key),
    output: String(row.output),
    finishReason: row.finish_reason as StoredPrediction['finishReason'],
    usage: {
      promptTokens: Number(row.prompt_tokens),
      imageTokens: Number(row.image_tokens),
      outputTokens: Number(row.output_tokens),
      ...(row.cost === null ? {} : { cost: Number(row.cost) }),
    },
    ...(row.log_probability === null ? {} : { logProbability: Number(row.log_probability) }),
    ...(row.error === null ? {} : { error: String(row.error) }),
  };
}
