/** FastVLM: LLaVA, asked with contents that are text. */
import { llava } from './llava.ts';
import type { Architecture } from './types.ts';

export const llavaQwen2: Architecture = { ...llava, imageMarks: { write: () => '<image>' } };
