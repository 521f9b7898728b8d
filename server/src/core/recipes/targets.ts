import type { Rationale } from '../rationales/types.ts';

/** The teacher's output with the gold answer as its conclusion (svrd, section 3.2). */
export function rationaleWithAnswer(output: string, { stages, byName }: Rationale, letter: string): string {
  const { conclusion } = byName;
  if (conclusion?.closeTag) {
    return output.slice(0, conclusion.span.start) + letter + output.slice(conclusion.span.end);
  }
  if (conclusion) return `${output.slice(0, conclusion.span.start)}${letter}</CONCLUSION>`;
  if (stages.length > 0) return `${output}<CONCLUSION>${letter}</CONCLUSION>`;
  return jsonWithAnswer(output, letter) ?? `${output}\nAnswer: ${letter}`;
}

/** Null when the output is no JSON object. */
function jsonWithAnswer(output: string, letter: string): string | null {
  try {
    const value: unknown = JSON.parse(output);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? JSON.stringify({ ...value, answer: letter }) : null;
  } catch {
    return null;
  }
}
