#!/usr/bin/env node
// Stands in for Python in tests of what surrounds the trainer: it answers the probe, and trains nothing but says
// what the trainer says, event by event. What it does is told by FAKE_TRAINER, as JSON.
import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

const {
  steps = 4,
  pause = 5,
  look = 0,
  missing = [],
  dieAt,
  dieBefore,
  export: exported,
  errors = [],
  quiet,
  images = 0,
} = JSON.parse(process.env.FAKE_TRAINER ?? '{}');
const [option, , ...rest] = process.argv.slice(2);
// Where a test wants to know whether anything of Python was started.
if (process.env.FAKE_PYTHON_LOG) appendFileSync(process.env.FAKE_PYTHON_LOG, `${option}\n`);
if (process.argv.includes('worker')) await work();
if (option === '-c') {
  const packages = Object.fromEntries(rest.map((name) => [name, missing.includes(name) ? null : '1.0']));
  console.log(JSON.stringify({ version: '3.11.0', packages, cuda: false, mps: false, gpuMemory: 0 }));
  process.exit(0);
}
if (quiet) {
  console.error(quiet);
  process.exit(1);
}
const folder = process.argv[process.argv.indexOf('train') + 1];
const at = (name) => join(folder, name);
const say = (type, fields) =>
  appendFileSync(
    at('events.jsonl'),
    `${JSON.stringify({ v: 1, time: new Date().toISOString(), type, ...fields })}\n`,
  );
const checkpoint = at('checkpoints/step/state');
const from = existsSync(checkpoint) ? Number(readFileSync(checkpoint, 'utf8')) : 0;
const save = (step) => {
  mkdirSync(at('checkpoints/step'), { recursive: true });
  writeFileSync(checkpoint, String(step));
  say('checkpoint', { step, folder: 'checkpoints/step' });
};
for (let done = 64; done <= images; done += 64) {
  say('progress', { what: 'features', done, total: images });
  await wait(pause);
}
await wait(look);
if (dieBefore === 'preflight') process.kill(process.pid, 'SIGKILL');
const findings = errors.map((message) => ({ code: 'too-long', severity: 'error', message }));
say('preflight', { findings, cost: { steps, tokens: 1200, memory_bytes: 5e8, seconds: 3 } });
if (errors.length > 0 || process.argv.includes('--check')) process.exit(errors.length > 0 ? 2 : 0);
if (dieBefore === 'started') process.kill(process.pid, 'SIGKILL');
const examples = readFileSync(at('examples/train.jsonl'), 'utf8').trim().split('\n');
say('started', {
  ...{ steps, examples: examples.length, trainable: 10, total: 100, device: 'cpu' },
  resumed_from: from > 0 ? 'checkpoints/step' : null,
});
for (let step = from + 1; step <= steps; step++) {
  await wait(pause);
  say('step', {
    ...{ step, epoch: step / steps, loss: 1 / step, learning_rate: 1e-3, gradient_norm: 0.5 },
    ...{ tokens: 100, seconds: pause / 1000, memory_bytes: 4e8 },
  });
  if (step % 2 === 0) {
    const samples = readFileSync(at('examples/evaluation.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line, i) => {
        const { id, target } = JSON.parse(line);
        return JSON.stringify({ id, output: i % 2 === 0 ? target : '', tokens: 3 });
      });
    mkdirSync(at('samples'), { recursive: true });
    writeFileSync(at(`samples/step-${step}.jsonl`), `${samples.join('\n')}\n`);
    const file = `samples/step-${step}.jsonl`;
    say('evaluation', { step, file, loss: 0.5, empty: 0.5, distinct_words: 7, length: 3 });
    save(step);
  }
  if (step === dieAt && from === 0) process.kill(process.pid, 'SIGKILL');
  if (existsSync(at('stop'))) {
    save(step);
    rmSync(at('stop'));
    say('stopped', { step, reason: 'Asked to stop.' });
    process.exit(0);
  }
}
if (exported) {
  cpSync(exported, at('onnx'), { recursive: true });
  say('exported', { folder: 'onnx', verified: 4, agreed: 4 });
}
say('finished', { step: steps, seconds: 1 });

/** A worker whose model answers B. */
async function work() {
  const say = (type, fields) => console.log(JSON.stringify({ type, ...fields }));
  console.log('what a site may print when Python starts');
  for await (const line of createInterface(process.stdin)) {
    const message = JSON.parse(line);
    if (message.type === 'load-weights') {
      say('notice', { sentence: `Code may run: ${message.remoteCode}.` });
      say('loaded', { device: 'a fake GPU, torch 1.0.0' });
    } else {
      const usage = { promptTokens: 3, imageTokens: 1, outputTokens: 1 };
      const answer = ({ key, choices }) => ({
        key,
        output: choices ? 'A' : 'B',
        finishReason: 'stop',
        usage,
      });
      say('working', { keys: message.requests.map(({ key }) => key) });
      say('predictions', { predictions: message.requests.map(answer) });
      say('done', { memory: 1e9 });
    }
  }
  process.exit(0);
}
