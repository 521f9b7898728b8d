import type { StageName } from '../rationales/types.ts';

/** The stages in the order that a prompt asks for them. */
export const STAGES: readonly StageName[] = ['summary', 'caption', 'reasoning', 'conclusion'];

/** `<SUMMARY>`, as prompts and outputs write it. */
export function tagOf(name: StageName): string {
  return `<${name.toUpperCase()}>`;
}
