/** PaliGemma: as many tokens as the image has patches, and positions that count from one. */
import { join } from 'node:path';
import { readImageSettings } from '../host/image-settings.ts';
import { imageTokenOf, readJson } from '../model-config.ts';
import { plainFeatures, preparePlain } from './plain.ts';
import type { Architecture } from './types.ts';

export const paligemma: Architecture = {
  readsBothWays: true,
  imageReader(folder, config) {
    const settings = readImageSettings(folder);
    const path = join(folder, 'preprocessor_config.json');
    const { image_seq_length: tokens } = readJson(path) as { image_seq_length?: number };
    if (tokens === undefined)
      throw new Error(`${path} does not say how many tokens an image takes (image_seq_length).`);
    const imageToken = imageTokenOf(config, folder);
    return {
      isBatched: true,
      prepare: (image) => preparePlain(image, settings),
      features: plainFeatures,
      standing: () => Array(tokens).fill(imageToken),
      positions: () => ({ prompt: null, shift: 1 }),
    };
  },
};
