import type { DatabaseSync } from 'node:sqlite';

/**
 * The schema's history, oldest first. A step is never edited once released: a change is a new step, and
 * `user_version` counts the steps that a database has been through.
 */
export const STEPS: readonly string[] = [
  `CREATE TABLE runs (
     id TEXT PRIMARY KEY, dataset TEXT NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, role TEXT NOT NULL,
     device TEXT NOT NULL, prompt TEXT NOT NULL, prompt_text TEXT NOT NULL, setting INTEGER NOT NULL,
     format TEXT NOT NULL, decoding TEXT NOT NULL, split TEXT, started_at TEXT NOT NULL, finished_at TEXT
   ) STRICT;
   CREATE TABLE predictions (
     run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, record_id TEXT NOT NULL, key TEXT NOT NULL,
     output TEXT NOT NULL, finish_reason TEXT NOT NULL, prompt_tokens INTEGER NOT NULL,
     image_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL, error TEXT,
     PRIMARY KEY (run_id, record_id)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX predictions_by_key ON predictions (key);`,
  // Generation time and count, so that a run made in several sittings still has a rate.
  `ALTER TABLE runs ADD COLUMN seconds REAL NOT NULL DEFAULT 0;
   ALTER TABLE runs ADD COLUMN generated INTEGER NOT NULL DEFAULT 0;
   CREATE INDEX runs_by_dataset ON runs (dataset);`,
  // A run on a sample of the records: JSON, null for all of them.
  `ALTER TABLE runs ADD COLUMN sample TEXT;`,
  // What a run is for.
  `ALTER TABLE runs ADD COLUMN purpose TEXT NOT NULL DEFAULT 'run';`,
  // Several samples of a record in one run; the primary key cannot be changed in place.
  `CREATE TABLE sampled (
     run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, record_id TEXT NOT NULL,
     sample INTEGER NOT NULL, key TEXT NOT NULL, output TEXT NOT NULL, finish_reason TEXT NOT NULL,
     prompt_tokens INTEGER NOT NULL, image_tokens INTEGER NOT NULL, output_tokens INTEGER NOT NULL,
     log_probability REAL, cost REAL, error TEXT,
     PRIMARY KEY (run_id, record_id, sample)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO sampled SELECT run_id, record_id, 0, key, output, finish_reason, prompt_tokens, image_tokens,
     output_tokens, NULL, NULL, error FROM predictions;
   DROP TABLE predictions;
   ALTER TABLE sampled RENAME TO predictions;
   CREATE INDEX predictions_by_key ON predictions (key);`,
  // Queries that come before the one for the answer, whose name is empty.
  `CREATE TABLE queried (
     run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, record_id TEXT NOT NULL,
     sample INTEGER NOT NULL, query TEXT NOT NULL, key TEXT NOT NULL, output TEXT NOT NULL,
     finish_reason TEXT NOT NULL, prompt_tokens INTEGER NOT NULL, image_tokens INTEGER NOT NULL,
     output_tokens INTEGER NOT NULL, log_probability REAL, cost REAL, error TEXT,
     PRIMARY KEY (run_id, record_id, sample, query)
   ) STRICT, WITHOUT ROWID;
   INSERT INTO queried SELECT run_id, record_id, sample, '', key, output, finish_reason, prompt_tokens,
     image_tokens, output_tokens, log_probability, cost, error FROM predictions;
   DROP TABLE predictions;
   ALTER TABLE queried RENAME TO predictions;
   CREATE INDEX predictions_by_key ON predictions (key);`,
  // Where training runs lie, each in a folder of its own beside its recipe.
  `CREATE TABLE trainings (folder TEXT PRIMARY KEY, added_at TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
  // A run on records that were changed before they were asked.
  `ALTER TABLE runs ADD COLUMN variation TEXT;`,
  // A teacher that is asked only where a student's samples disagree: JSON.
  `ALTER TABLE runs ADD COLUMN cascade TEXT;`,
  // Scores of choices, as JSON.
  `CREATE TABLE scores (key TEXT PRIMARY KEY, scores TEXT NOT NULL) STRICT, WITHOUT ROWID;`,
];

/** Brings a database up to date. Throws one sentence when a newer program has written it. */
export function migrate(database: DatabaseSync, steps: readonly string[] = STEPS): void {
  const version = versionOf(database);
  if (version > steps.length) {
    throw new Error(
      `The results were stored by a newer Rationale (schema ${version}, this one knows ${steps.length}): update Rationale, or name another store.`,
    );
  }
  if (version === steps.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    // Another process may have done it while this one waited for its turn.
    for (let step = versionOf(database); step < steps.length; step++) {
      database.exec(`${steps[step]}; PRAGMA user_version = ${step + 1};`);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function versionOf(database: DatabaseSync): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}
