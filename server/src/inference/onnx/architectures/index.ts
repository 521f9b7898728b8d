/** The table of architectures, by the `model_type` of config.json. */
import { idefics3 } from './idefics3.ts';
import { llava } from './llava.ts';
import { llavaNext } from './llava-next.ts';
import { llavaQwen2 } from './llava-qwen2.ts';
import { moondream } from './moondream.ts';
import { paligemma } from './paligemma.ts';
import { phi3V } from './phi3-v.ts';
import { qwen2Vl } from './qwen2-vl.ts';
import type { Architecture } from './types.ts';

export const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  llava,
  llava_next: llavaNext,
  llava_onevision: llavaNext,
  llava_qwen2: llavaQwen2,
  qwen2_vl: qwen2Vl,
  qwen2_5_vl: qwen2Vl,
  paligemma,
  idefics3,
  smolvlm: idefics3,
  moondream1: moondream,
  phi3_v: phi3V,
};
