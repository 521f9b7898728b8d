/** A Python that runs models, as the provider is given it: which one that is, somebody else finds out. */
export interface WorkerPython {
  readonly path: string;
  /** Variables with which it finds the worker. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface PythonAccess {
  /** @throws Error whose message is one sentence, when there is none, or none that has what the worker needs */
  find(): Promise<WorkerPython>;
}
