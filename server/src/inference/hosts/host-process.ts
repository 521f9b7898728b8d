import { type ChildProcess, fork, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { count } from '../../core/text.ts';
import type { FromHost, ToHost } from './messages.ts';

/** The host died or fell silent. The message completes "The model host …". */
export class HostFailure extends Error {}

/** How much of what the host printed last is kept, for saying why it died. */
const LAST_WORDS = 2000;

/** A started host, and how it is spoken to. */
export interface Started {
  readonly child: ChildProcess;
  send(message: ToHost): void;
  listen(hear: (message: FromHost) => void): void;
}

/**
 * A host that is a program of ours for Node.
 * @param entry the file that runs as the host
 * @param environment what it gets beside ours
 */
export function forked(entry: string, environment: NodeJS.ProcessEnv = {}): Started {
  const child = fork(entry, [], {
    env: { ...process.env, ...environment },
    // Neither the debugger's nor the test runner's flags are meant for it, nor is our standard output.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return {
    child,
    send: (message) => child.connected && child.send(message, () => {}),
    listen: (hear) => child.on('message', hear),
  };
}

/** A host in another language, that speaks in lines of JSON over its standard streams. */
export function spawned(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): Started {
  const child = spawn(program, args, { env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  // Writing to one that is gone fails; that it is gone is said elsewhere.
  child.stdin.on('error', () => {});
  return {
    child,
    send: (message) => child.stdin.writable && child.stdin.write(`${JSON.stringify(message)}\n`),
    listen: (hear) =>
      createInterface(child.stdout).on('line', (line) => {
        const message = messageIn(line);
        if (message) hear(message);
      }),
  };
}

/** Null for what is printed before the host has taken hold of its output. */
function messageIn(line: string): FromHost | null {
  try {
    return JSON.parse(line) as FromHost;
  } catch {
    return null;
  }
}

/** One model host and the messages that have come from it. */
export class HostProcess {
  private readonly child: ChildProcess;
  private readonly started: Started;
  private readonly arrived: FromHost[] = [];
  private lastWords = '';
  private end: HostFailure | null = null;
  private wake: () => void = () => {};
  /** The host is gone, and all that it printed has come. */
  private readonly gone = Promise.withResolvers<void>();

  constructor(started: Started) {
    this.started = started;
    this.child = started.child;
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.lastWords = (this.lastWords + text).slice(-LAST_WORDS);
    });
    started.listen((message) => {
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
    this.started.send(message);
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

  /** Ends the host, and gives what it printed last. */
  async finish(): Promise<string> {
    this.kill();
    await this.gone.promise;
    return this.lastWords;
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
    this.gone.resolve();
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
