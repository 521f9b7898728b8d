/** Aborts at the first Ctrl+C; a second one ends the process. */
export function interrupted(): AbortSignal {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort());
  return interrupt.signal;
}

/** Says, after a Ctrl+C, that nothing is lost. */
export function tellWhetherStopped(signal: AbortSignal): void {
  if (signal.aborted)
    process.stderr.write('Stopped; what was done is stored, and the same command goes on from here.\n');
}
