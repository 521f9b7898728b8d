/**
 * The model host: a child process that holds one model on one device. Running a model blocks the event loop, and
 * killing the process is the only way to stop it at once.
 */
import { env } from 'onnxruntime-node';
import type { Device, FromHost, ToHost } from '../../hosts/messages.ts';
import { ImageFeatures } from './features.ts';
import { generate } from './generate.ts';
import { type LoadedModel, loadModel } from './load.ts';
import { probe } from './probe.ts';
import { reasonOf } from './reason.ts';
import { rehearse } from './rehearse.ts';
import { score } from './score.ts';
import { SentenceModel } from './sentences.ts';

interface Held {
  readonly model: LoadedModel;
  readonly features: ImageFeatures;
}

let held: Held | null = null;
let sentences: SentenceModel | null = null;
/** Milliseconds between two signs of life. */
const SIGN_EVERY = 1000;
let lastSign = 0;
/** One thing after the other. */
let last: Promise<void> = Promise.resolve();

function send(message: FromHost): void {
  process.send?.(message);
}

function alive(): void {
  const now = performance.now();
  if (now - lastSign < SIGN_EVERY) return;
  lastSign = now;
  send({ type: 'alive' });
}

async function handle(message: ToHost): Promise<void> {
  switch (message.type) {
    case 'probe':
      return send(await tried(message.device));
    case 'load': {
      const model = await loadModel(message.folder, message.device);
      if (message.device.kind !== 'cpu') await rehearse(model);
      held = { model, features: new ImageFeatures(model.sessions, model.images) };
      return send({ type: 'loaded' });
    }
    case 'load-sentences':
      sentences = await SentenceModel.load(message.folder, message.device);
      return send({ type: 'loaded' });
    case 'embed':
      if (!sentences) throw new Error('No sentence model is loaded.');
      return send({ type: 'embedded', vectors: await sentences.embed(message.texts, alive) });
    case 'generate':
      if (!held) throw new Error('No model is loaded.');
      await generate(held.model, held.features, message.requests, message.decoding, {
        working: (keys) => send({ type: 'working', keys }),
        predictions: (predictions) => send({ type: 'predictions', predictions }),
        partials: message.isWatched ? (partials) => send({ type: 'partials', partials }) : null,
        alive,
      });
      return done();
    case 'score':
      if (!held) throw new Error('No model is loaded.');
      await score(held.model, held.features, message.requests, {
        working: (keys) => send({ type: 'working', keys }),
        scores: (scores) => send({ type: 'scores', scores }),
        alive,
      });
      return done();
  }
}

async function tried(device: Device): Promise<FromHost> {
  try {
    return { type: 'probed', milliseconds: await probe(device) };
  } catch (error) {
    return { type: 'unusable', reason: reasonOf(error), runtime: env.versions.node ?? env.versions.common };
  }
}

function done(): void {
  send({ type: 'done', memory: process.memoryUsage.rss() });
}

process.on('message', (message: ToHost) => {
  last = last
    .then(() => handle(message))
    .catch((error) => send({ type: 'refused', reason: reasonOf(error) }));
});
// Without its server the host has nobody to answer.
process.on('disconnect', () => process.exit(0));
