/**
 * What scoring the choices of a record costs against one pass over its prompt, embedded teacher, setting 1, one thread,
 * the image encoded before. Each record is asked once for its next token alone, which is a pass over the prompt, and
 * once for the probabilities of five letters; the same for five answers of several words, and for the test of its
 * rationale (without it, after each sentence, with another's). The best of some rounds counts: the machine does other
 * things too.
 */
import { join } from 'node:path';
import type { ModelRequest, ScoredText } from '../../server/src/core/models/types.ts';
import { ImageFeatures } from '../../server/src/inference/onnx/host/features.ts';
import { generate } from '../../server/src/inference/onnx/host/generate.ts';
import { loadModel } from '../../server/src/inference/onnx/host/load.ts';
import { score } from '../../server/src/inference/onnx/host/score.ts';
import { recordIds, requestFor, shippedModels } from '../server/inference-fixtures.ts';

const RECORDS = 40;
const ROUNDS = 7;
const TARGET = 1.5;
const LETTERS = ['A', 'B', 'C', 'D', 'E'];
const WORDS = ['attract', 'repel', 'the wood fossil', 'sample A is warmer', 'none of these is right'];
const REASONING = [
  'The poles that face each other are alike. ',
  'Like poles repel. ',
  'So these magnets push each other away.',
];

const model = await loadModel(join(shippedModels, 'teacher'), { kind: 'cpu', threads: 1 });
const features = new ImageFeatures(model.sessions, model.images);
const requests = recordIds('test')
  .slice(0, RECORDS)
  .map((id) => requestFor(id));

function rationale(sentences: number): string {
  return `<REASONING>${REASONING.slice(0, sentences).join('')}</REASONING>\n<CONCLUSION>`;
}

function after(given: string, texts: readonly string[]): ScoredText[] {
  return texts.map((text) => ({ given, text }));
}

/** Seconds that one pass over the prompt of each record takes. */
async function promptSeconds(): Promise<number> {
  return timed(async (request) => {
    await generate(
      model,
      features,
      [request],
      { maxNewTokens: 1, temperature: 0 },
      {
        working: () => {},
        alive: () => {},
        partials: null,
        predictions: () => {},
      },
    );
  });
}

async function scoreSeconds(texts: readonly ScoredText[]): Promise<number> {
  return timed(async ({ key, messages }) => {
    await score(model, features, [{ key, messages, texts }], {
      working: () => {},
      alive: () => {},
      scores([{ error } = {}]) {
        if (error) throw new Error(error);
      },
    });
  });
}

async function timed(act: (request: ModelRequest) => Promise<void>): Promise<number> {
  const began = performance.now();
  for (const request of requests) await act(request);
  return (performance.now() - began) / 1000;
}

const asked = {
  'five letters': after('<CONCLUSION>', LETTERS),
  'five answers of several words': after('<CONCLUSION>', WORDS),
  'a test of a rationale of three sentences': [
    '<CONCLUSION>',
    ...[0, 1, 2, 3].map(rationale),
    rationale(2).replace('alike', 'unlike'),
  ].flatMap((given) => after(given, LETTERS)),
};
await promptSeconds();
const best = new Map<string, number>();
for (let round = 0; round < ROUNDS; round++) {
  const keep = (name: string, seconds: number) =>
    best.set(name, Math.min(seconds, best.get(name) ?? seconds));
  keep('prompt', await promptSeconds());
  for (const [name, texts] of Object.entries(asked)) keep(name, await scoreSeconds(texts));
}
const ratioOf = (name: string) =>
  Math.round((100 * (best.get(name) as number)) / (best.get('prompt') as number)) / 100;
for (const name of Object.keys(asked))
  console.log(`${name} cost ${ratioOf(name)} × one pass over the prompt`);
const ratio = ratioOf('five letters');
console.log(
  JSON.stringify({
    name: 'five choices scored against one prompt pass',
    ratio,
    target: TARGET,
    ok: ratio <= TARGET,
  }),
);
