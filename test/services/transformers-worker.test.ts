import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Model, ModelRequest, PartialOutput, Prediction } from '../../server/src/core/models/types.ts';
import { constraintOf } from '../../server/src/core/pipeline/constraints.ts';
import type { HostedModel } from '../../server/src/inference/hosts/model.ts';
import { createProviders, type PythonAccess } from '../../server/src/inference/index.ts';
import { pythonIn } from '../../server/src/training/python.ts';
import { CliSession } from '../server/cli-session.ts';
import {
  needsPair,
  recordIds,
  requestFor,
  sample,
  shippedModels,
  textRequest,
} from '../server/inference-fixtures.ts';
import { needsPython, runPython, UNPACK, VARIABLES } from './served-model.ts';

const root = resolve(import.meta.dirname, '../..');
const python = pythonIn(join(root, '.venv'));

/** What transformers writes by itself, of each text alone: a process that shares nothing with the worker. */
const PLAIN = `
import json, sys, torch, transformers
folder, texts = sys.argv[1], json.loads(sys.argv[2])
processor = transformers.AutoProcessor.from_pretrained(folder)
model = transformers.AutoModelForImageTextToText.from_pretrained(folder).eval()
for text in texts:
    said = [{"role": "user", "content": [{"type": "text", "text": text}]}]
    inputs = processor.apply_chat_template(said, add_generation_prompt=True, tokenize=True, return_dict=True, return_tensors="pt")
    tokens = model.generate(**inputs, max_new_tokens=12, do_sample=False)[0, inputs["input_ids"].shape[1]:].tolist()
    print(json.dumps(processor.tokenizer.decode(tokens[: tokens.index(2)] if 2 in tokens else tokens, clean_up_tokenization_spaces=False)))
`;

describe('the Python worker', function () {
  this.timeout(180_000);
  let folder: string;
  let model: Model | null = null;
  const notices: string[] = [];

  before(function () {
    needsPython(this);
    folder = mkdtempSync(join(tmpdir(), 'rationale-worker-'));
    const code = `from pathlib import Path; from rationale_trainer.tiny import write_tiny
for name in ("mllama", "vilt"): write_tiny(name, Path(${JSON.stringify(folder)}) / name)`;
    runPython('-c', code);
  });
  beforeEach(() => notices.splice(0));
  afterEach(async () => {
    await model?.close();
    model = null;
  });
  after(() => folder && rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  const access = (more: Record<string, string> = {}): PythonAccess => ({
    find: async () => ({ path: python, variables: { ...VARIABLES, ...more } }),
  });

  async function open(name: string, pythonAccess = access()): Promise<HostedModel> {
    const named = [join(folder, name)];
    const providers = createProviders({ shippedModels, device: 'auto', named, python: pythonAccess });
    for (const provider of providers) {
      const card = (await provider.list()).find(({ id }) => id === named[0]);
      if (!card) continue;
      assert.equal(provider.id, 'transformers');
      assert.equal(card.unavailable, undefined);
      model = await provider.open(card, (sentence) => notices.push(sentence));
      return model as HostedModel;
    }
    throw new Error('no provider knows it');
  }

  async function answers(
    opened: Model,
    requests: readonly ModelRequest[],
    maxNewTokens: number,
    onPrediction: (prediction: Prediction) => void = () => {},
    signal = new AbortController().signal,
    onPartial?: (partial: PartialOutput) => void,
  ): Promise<Map<string, Prediction>> {
    const found = new Map<string, Prediction>();
    for await (const one of opened.generate(requests, { maxNewTokens, temperature: 0 }, signal, onPartial)) {
      assert.ok(!found.has(one.key), `${one.key} came twice`);
      found.set(one.key, one);
      onPrediction(one);
    }
    return found;
  }

  /** Of each prompt, how likely two letters are without a rationale and after one. */
  async function scores(opened: Model, requests: readonly ModelRequest[]): Promise<number[][]> {
    const given = ['<CONCLUSION>', '<REASONING>Like poles repel.</REASONING>\n<CONCLUSION>'];
    const texts = given.flatMap((one) => ['A', 'B'].map((text) => ({ given: one, text })));
    const found = new Map<string, number[]>();
    const asked = requests.map(({ key, messages }) => ({ key, messages, texts }));
    for await (const one of opened.score!(asked, new AbortController().signal)) {
      assert.equal(one.error, undefined);
      found.set(
        one.key,
        one.texts.map(({ logProbability }) => logProbability),
      );
    }
    return requests.map(({ key }) => found.get(key) ?? []);
  }

  it('writes what transformers writes, says what it runs on, and shows what is written so far', async () => {
    const opened = await open('mllama');
    assert.match(opened.device, /^CPU \(1 thread\), fp32, torch \d[^,]*, transformers 5\./);
    const texts = ['what colour is it?', 'which of these is a solid? a rock, water', 'blue'];
    const partials: PartialOutput[] = [];
    const found = await answers(
      opened,
      texts.map((text) => textRequest(text, text)),
      12,
      undefined,
      undefined,
      (partial) => partials.push(partial),
    );
    const plain = runPython('-c', PLAIN, join(folder, 'mllama'), JSON.stringify(texts));
    const expected = plain
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as string);
    assert.deepEqual(
      texts.map((text) => found.get(text)?.output),
      expected,
    );
    assert.ok(partials.length > 0);
    for (const { key, output } of partials) assert.ok(found.get(key)?.output.startsWith(output));
    assert.ok((opened.memory ?? 0) > 50e6);
  });

  it('is replaced when it is killed amid a batch, and ends at once when the run is cancelled', async () => {
    const opened = await open('mllama');
    const requests = Array.from({ length: 20 }, (_, i) => textRequest(`${i}`, `what colour is ${i}?`));
    let killed = 0;
    const found = await answers(opened, requests, 60, () => {
      if (killed++ === 0) process.kill(opened.hostPid as number, 'SIGKILL');
    });
    assert.equal(found.size, 20);
    for (const { error } of found.values()) assert.equal(error, undefined);
    assert.deepEqual(notices, ['The Python worker was ended by SIGKILL; another one goes on.']);

    notices.splice(0);
    const cancel = new AbortController();
    const pid = opened.hostPid as number;
    const some = await answers(opened, requests, 400, () => cancel.abort(), cancel.signal);
    assert.ok(some.size < 20);
    for (let i = 0; i < 200 && isRunning(pid); i++) await new Promise((done) => setTimeout(done, 10));
    assert.ok(!isRunning(pid));
    assert.deepEqual(notices, []);
  });

  it('says in a sentence what keeps a model from running', async () => {
    const broken = join(folder, 'broken');
    mkdirSync(broken);
    writeFileSync(join(broken, 'torch.py'), 'raise ImportError("No module named torch")');
    const lacking = access({ PYTHONPATH: `${broken}:${VARIABLES.PYTHONPATH}` });
    await assert.rejects(open('mllama', lacking), /^Error: The Python \S+ cannot run models: .*torch.*\.$/);

    cpSync(join(folder, 'mllama'), join(folder, 'cut'), { recursive: true });
    writeFileSync(join(folder, 'cut', 'model.safetensors'), 'cut off');
    await assert.rejects(open('cut'), /^Error: The weights in \S+model\.safetensors cannot be read: .*\.$/);
  });

  it('writes, holds to a format and scores as the onnx provider does with the same weights', async function () {
    needsPair(this);
    runPython('-c', UNPACK, join(shippedModels, 'teacher'), join(folder, 'teacher'));
    const requests = recordIds('val')
      .slice(0, 16)
      .map((id) => requestFor(id));
    const own = await open('teacher');
    const found = await answers(own, requests, 160);
    const json = constraintOf({ strategy: 'svrd-stages', format: 'json', order: 'answer-last' }, 2);
    // So that half of them must be led to an end.
    const held = requests.map((one) => ({ ...one, constraint: json }));
    const foundHeld = await answers(own, held, 60);
    const foundScores = await scores(own, requests);
    const [onnx] = createProviders({ shippedModels, device: 'cpu', named: [] });
    const card = (await onnx?.list())?.find(({ id }) => id === 'sketchbook-teacher');
    const other = await onnx!.open(card!, () => {});
    try {
      const expected = await answers(other, requests, 160);
      for (const { key } of requests) {
        const { output, usage, finishReason } = expected.get(key)!;
        const one = found.get(key)!;
        assert.deepEqual([one.output, one.usage, one.finishReason], [output, usage, finishReason]);
      }
      const expectedHeld = await answers(other, held, 60);
      for (const { key } of held) {
        const { output, usage, finishReason } = expectedHeld.get(key)!;
        JSON.parse(output);
        const one = foundHeld.get(key)!;
        assert.deepEqual([one.output, one.usage, one.finishReason], [output, usage, finishReason]);
      }
      const expectedScores = await scores(other, requests);
      assert.ok(Math.max(...foundScores.flat()) > -1 && Math.min(...foundScores.flat()) < -5);
      for (const [i, one] of foundScores.entries())
        for (const [j, tokens] of one.entries())
          assert.ok(Math.abs(tokens - expectedScores[i]![j]!) < 1e-3, `${i} ${j}`);
    } finally {
      await other.close();
    }
  });

  it('annotates a dataset from the command line, ViLT too, and the run says with what', () => {
    const session = new CliSession();
    try {
      session.environment.RATIONALE_PYTHON = python;
      session.environment.OMP_NUM_THREADS = '1';
      cpSync(sample, session.folder, {
        recursive: true,
        filter: (path) => !/models|runs/.test(path.slice(sample.length)),
      });
      const { stdout, stderr, status } = session.run(
        ...['annotate', 'problems.json', '--model', join(folder, 'vilt'), '--limit', '6', '--format', 'json'],
      );
      assert.equal(status, 0, stderr);
      const [{ n, mapped, device }] = JSON.parse(stdout).runs;
      assert.deepEqual([n, mapped], [6, 6], 'every answer of ViLT can be read');
      assert.match(device, /torch \d.*, transformers 5/);
    } finally {
      session.close();
    }
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
