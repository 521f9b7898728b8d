/** Model servers on this machine, found by asking the ports that they usually have. Only when the user wants to know. */

export interface LocalServer {
  /** What usually answers there. */
  readonly name: string;
  readonly url: string;
  /** What it says it serves. */
  readonly models: readonly string[];
}

const PORTS: readonly (readonly [number, string])[] = [
  [11434, 'Ollama'],
  [1234, 'LM Studio'],
  [8000, 'vLLM'],
  [8080, 'llama.cpp'],
  [30000, 'SGLang'],
];
/** A server on this machine answers at once. Milliseconds. */
const PATIENCE = 700;

/** @param ports other ports to ask, for tests */
export async function findLocalServers(ports = PORTS): Promise<LocalServer[]> {
  const found = await Promise.all(
    ports.map(([port, name]) => askServer(name, `http://127.0.0.1:${port}/v1`)),
  );
  return found.filter((server) => server !== null);
}

async function askServer(name: string, url: string): Promise<LocalServer | null> {
  try {
    const response = await fetch(`${url}/models`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    const answer = (await response.json()) as { data?: readonly { id?: unknown }[] };
    if (!response.ok || !Array.isArray(answer?.data)) return null;
    const models = answer.data.flatMap(({ id }) => (typeof id === 'string' ? [id] : []));
    return { name, url, models };
  } catch {
    return null;
  }
}
