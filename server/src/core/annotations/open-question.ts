import type { DatasetRecord } from '../records/types.ts';

/** True for a conversation without choices: it asks for no letter, so it has neither gold answer nor wrong letters. */
export function isOpenQuestion({ conversation, choices }: DatasetRecord): boolean {
  return conversation !== undefined && choices.length === 0;
}
