/** LLaVA. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readImageSettings, resizedSize } from '../host/image-settings.ts';
import { imageTokenOf, readJson } from '../model-config.ts';
import { plainFeatures, preparePlain } from './plain.ts';
import { type Architecture, COUNTED } from './types.ts';

/** What processor_config.json says of how an image becomes tokens. */
interface Patches {
  readonly patch_size?: number;
  readonly num_additional_image_tokens?: number;
  readonly vision_feature_select_strategy?: string;
}

export const llava: Architecture = {
  imageReader(folder, config) {
    const settings = readImageSettings(folder);
    const path = join(folder, 'processor_config.json');
    // Older folders have none.
    const {
      patch_size: patch,
      num_additional_image_tokens: more = 0,
      vision_feature_select_strategy: strategy,
    } = existsSync(path) ? (readJson(path) as Patches) : {};
    const imageToken = imageTokenOf(config, folder);
    // Where every image gets the same size, none has to be looked at.
    const exactSize = settings.size && 'width' in settings.size ? settings.size : null;
    return {
      isBatched: true,
      prepare: (image) => preparePlain(image, settings),
      features: plainFeatures,
      /** As transformers' LlavaProcessor counts them; a model that tells no size of its patches tells their number. */
      standing(size, _encode, count) {
        if (count !== null) return Array(count).fill(imageToken);
        if (patch === undefined) {
          if (config.image_seq_length !== undefined) return Array(config.image_seq_length).fill(imageToken);
          throw new Error(
            `${folder} does not say how many tokens an image takes (patch_size in processor_config.json).`,
          );
        }
        const { width, height } = settings.crop ?? exactSize ?? resizedSize(settings, size());
        const patches = Math.floor(height / patch) * Math.floor(width / patch);
        return Array(patches + more - Number(strategy === 'default')).fill(imageToken);
      },
      positions: () => COUNTED,
    };
  },
};
