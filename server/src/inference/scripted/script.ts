/** One line of a script: what the model answers to the prompts it is meant for, and how it misbehaves. */
export interface ScriptLine {
  /** Content key of the request. Either this or `match` says which prompt the line is meant for. */
  readonly key?: string;
  /** Words of the prompt's text. */
  readonly match?: string;
  /** Only for this sample of a record, counted from 0; absent: for every one. */
  readonly sample?: number;
  readonly output?: string;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** The request fails, with this sentence. */
  readonly fail?: string;
  /** The whole run ends here, as when a provider breaks down, with this sentence. */
  readonly die?: string;
}

/**
 * Reads a script: JSONL, one answer a line.
 * @throws Error whose message is one sentence naming the line
 */
export function readScript(text: string, name: string): ScriptLine[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const parsed = parse(line);
    if (!isScriptLine(parsed)) {
      throw new Error(
        `Line ${index + 1} of ${name} is not an answer: it should be a JSON object with "match" or "key", and "output".`,
      );
    }
    return [parsed];
  });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function isScriptLine(value: unknown): value is ScriptLine {
  if (typeof value !== 'object' || value === null) return false;
  const { key, match, sample, output, delay, fail, die } = value as Record<string, unknown>;
  const isAddressed = typeof key === 'string' || typeof match === 'string';
  const answers = [output, fail, die].filter((answer) => answer !== undefined);
  return (
    isAddressed &&
    answers.length > 0 &&
    answers.every((answer) => typeof answer === 'string') &&
    [sample, delay].every((number) => number === undefined || typeof number === 'number')
  );
}
