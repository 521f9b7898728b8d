import { json } from './json.ts';
import type { Method } from './method.ts';
import { PLAIN_METHODS } from './plain.ts';
import { repairedJson } from './repaired-json.ts';
import { tag } from './tag.ts';

/** Every way of reading an answer, in the order in which they are asked. */
export const METHODS: readonly Method[] = [tag, json, repairedJson, ...PLAIN_METHODS];
