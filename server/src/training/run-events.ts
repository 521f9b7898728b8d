import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parseEvent, type TrainingEvent } from '../core/training/events.ts';
import { TrainingHistory } from '../core/training/history.ts';
import { RUN_FILES } from './run-folder.ts';

/** Reads what a run's trainer says, each line once, as it is written. */
export class RunEvents {
  readonly history = new TrainingHistory();
  private readonly path: string;
  /** Bytes read so far. */
  private position = 0;
  /** Of a line that is not whole yet. */
  private rest = Buffer.alloc(0);

  constructor(folder: string) {
    this.path = join(folder, RUN_FILES.events);
  }

  /** What was written since the last call. */
  read(): TrainingEvent[] {
    const fresh = this.freshBytes();
    if (fresh.length === 0) return [];
    const bytes = Buffer.concat([this.rest, fresh]);
    const end = bytes.lastIndexOf(10) + 1;
    this.rest = bytes.subarray(end);
    const events = bytes
      .subarray(0, end)
      .toString('utf8')
      .split('\n')
      .flatMap((line) => parseEvent(line) ?? []);
    for (const event of events) this.history.add(event);
    return events;
  }

  readAll(): TrainingHistory {
    this.read();
    return this.history;
  }

  private freshBytes(): Buffer {
    if (!existsSync(this.path)) return Buffer.alloc(0);
    const file = openSync(this.path, 'r');
    try {
      const { size } = fstatSync(file);
      // After a kill the trainer takes the half line off, which was never given out.
      if (size < this.position) {
        this.position -= this.rest.length;
        this.rest = Buffer.alloc(0);
      }
      const bytes = Buffer.alloc(Math.max(0, size - this.position));
      const read = readSync(file, bytes, 0, bytes.length, this.position);
      this.position += read;
      return bytes.subarray(0, read);
    } finally {
      closeSync(file);
    }
  }
}
