import { type ChildProcess, fork } from 'node:child_process';
import { count } from '../../core/text.ts';
import type { FromHost, ToHost } from './messages.ts';

/** The host died or fell silent. The message completes "The model host …". */
export class HostFailure extends Error {}

/** How much of what the host printed last is kept, for saying why it died. */
const LAST_WORDS = 2000;

/** One model host and the messages that have come from it. */
export class HostProcess {
  private readonly child: ChildProcess;
  private readonly arrived: FromHost[] = [];
  private lastWords = '';
  private end: HostFailure | null = null;
  private wake: () => void = () => {};

  /** @param entry the file that runs as the host */
  constructor(entry: string) {
    this.child = fork(entry, [], {
      // Neither the debugger's nor the test runner's flags are meant for it, nor is our standard output.
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    this.child.on('message', (message: FromHost) => {
      this.arrived.push(message);
      this.wake();
    });
    this.child.on('error', (error) => this.ended(`could not be started: ${error.message}`));
    // 'close' comes after the last of stderr.
    this.child.on('close', (code, signal) =>
      this.ended(signal ? `was ended by ${signal}` : `ended with code ${code}${this.said()}`),
    );
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(message: ToHost): void {
    // A host that is gone says so through `next`.
    if (this.child.connected) this.child.send(message, () => {});
  }

  /**
   * The next message, once there is one.
   * @param silence milliseconds without a message after which the host counts as stuck
   * @throws HostFailure
   */
  async next(silence: number): Promise<FromHost> {
    const deadline = performance.now() + silence;
    for (;;) {
      const message = this.arrived.shift();
      if (message) return message;
      if (this.end) throw this.end;
      const left = deadline - performance.now();
      if (left <= 0)
        throw new HostFailure(`gave no sign of life for ${count(Math.round(silence / 1000), 'second')}`);
      await this.awoken(left);
    }
  }

  /** Ends the host at once, whatever it is doing. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  private awoken(limit: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, limit);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private ended(how: string): void {
    this.end ??= new HostFailure(how);
    this.wake();
  }

  private said(): string {
    const line = this.lastWords
      .trim()
      .split('\n')
      .findLast((text) => /error/i.test(text));
    return line ? ` (${line.trim()})` : '';
  }
}
