/** Runs a model once before it is used: a device may load a model's graphs and fail on what they compute. */
import { ImageFeatures } from './features.ts';
import type { LoadedModel } from './load.ts';
import { readyPrompt } from './prompt.ts';
import { reasonOf } from './reason.ts';
import type { Bitmap } from './resample.ts';
import { type Logits, Trunk } from './trunk.ts';

const SIDE = 64;
/** Grey, but for a brighter half. */
const PICTURE: Bitmap = {
  data: Buffer.alloc(SIDE * SIDE * 3, 96).fill(160, 0, (SIDE * SIDE * 3) / 2),
  width: SIDE,
  height: SIDE,
  channels: 3,
};
const PATH = 'picture';

/** Reads a prompt with a picture, and one token behind it. @throws Error whose message is one sentence, when that fails */
export async function rehearse(model: LoadedModel): Promise<void> {
  const { tokenizer, images, sessions, vocabulary, readsBothWays } = model;
  const content = [
    { type: 'image', path: PATH },
    { type: 'text', text: 'What is this?' },
  ] as const;
  try {
    const features = await new ImageFeatures(sessions, images).ofBitmap(PICTURE);
    const asked = tokenizer.tokenize([{ role: 'user', content }], vocabulary.imageToken);
    const prompt = readyPrompt(asked, new Map([[PATH, features]]), model);
    const trunk = await Trunk.open(sessions, prompt, vocabulary.imageToken, readsBothWays);
    try {
      check(trunk.logits);
      await trunk.reach([prompt.ids.at(-1) as number]);
      check(trunk.logits);
    } finally {
      trunk.release();
    }
  } catch (error) {
    throw new Error(`It loads, but cannot be run: ${reasonOf(error)}`);
  }
}

function check(logits: Logits): void {
  if (!logits.every(Number.isFinite)) throw new Error('What it computes are no numbers.');
}
