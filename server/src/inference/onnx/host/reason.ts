/** What an error of ONNX Runtime says, in one sentence, without the places in its source. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.replace(/^.*? was false\. /, '').split('\n');
  return line.endsWith('.') ? line : `${line}.`;
}
