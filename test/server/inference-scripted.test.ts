import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Prediction } from '../../server/src/core/models/types.ts';
import { createProviders } from '../../server/src/inference/index.ts';
import { textRequest } from './inference-fixtures.ts';

const DECODING = { maxNewTokens: 8, temperature: 0 } as const;

describe('the scripted model', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-script-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const script = (...lines: (object | string)[]) => {
    const path = join(folder, 'script.jsonl');
    writeFileSync(
      path,
      lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
    );
    return `scripted:${path}`;
  };
  const offered = async (id: string) => {
    const provider = createProviders({ shippedModels: folder, device: 'cpu', named: [id] }).find(
      (one) => one.id === 'scripted',
    );
    const [card] = (await provider?.list()) ?? [];
    assert.ok(provider && card);
    return { provider, card };
  };
  const run = async (id: string, texts: readonly string[], signal = new AbortController().signal) => {
    const { provider, card } = await offered(id);
    const model = await provider.open(card, () => {});
    const found: Prediction[] = [];
    for await (const prediction of model.generate(
      texts.map((text) => textRequest(`key of ${text}`, text)),
      DECODING,
      signal,
    )) {
      found.push(prediction);
    }
    return found;
  };

  it('tells a watcher what is written after each word, and then the whole', async () => {
    const { provider, card } = await offered(script({ match: 'sky', output: 'It is blue.' }));
    const model = await provider.open(card, () => {});
    const written: string[] = [];
    const note = ({ output }: { readonly output: string }) => written.push(output);
    const requests = [textRequest('a', 'the sky')];
    for await (const one of model.generate(requests, DECODING, new AbortController().signal, note)) note(one);
    assert.deepEqual(written, ['It', 'It is', 'It is blue.']);
  });

  it('answers by words of the prompt or by key, and fails where it is told to or has no answer', async () => {
    const id = script(
      { match: 'sky', output: 'It is blue.' },
      { key: 'key of two', output: '2' },
      { match: 'bad', fail: 'Told to.' },
    );
    const found = await run(id, ['the sky', 'two', 'bad', 'unknown']);
    assert.deepEqual(
      found.map(({ output, finishReason, error }) => [output, finishReason, error]),
      [
        ['It is blue.', 'stop', undefined],
        ['2', 'stop', undefined],
        ['', 'error', 'Told to.'],
        ['', 'error', 'The script has no answer to this prompt.'],
      ],
    );
    assert.deepEqual(found[0]?.usage, { promptTokens: 2, imageTokens: 0, outputTokens: 3 });
  });

  it('stops at once when it is cancelled while it waits', async () => {
    const cancel = new AbortController();
    const started = performance.now();
    setTimeout(() => cancel.abort(), 20);
    assert.deepEqual(
      await run(script({ match: 'slow', output: '', delay: 60_000 }), ['slow'], cancel.signal),
      [],
    );
    assert.ok(performance.now() - started < 5000);
  });

  it('breaks down where it is told to', async () => {
    const id = script({ match: 'one', output: '1' }, { match: 'two', die: 'The provider broke down.' });
    await assert.rejects(run(id, ['one', 'two']), { message: 'The provider broke down.' });
  });

  it('has a revision that changes with the file, and is unavailable with one sentence', async () => {
    const before = (await offered(script({ match: 'a', output: '1' }))).card.revision;
    assert.notEqual((await offered(script({ match: 'a', output: '2' }))).card.revision, before);
    const missing = `scripted:${join(folder, 'absent.jsonl')}`;
    assert.equal(
      (await offered(missing)).card.unavailable,
      `The script ${join(folder, 'absent.jsonl')} cannot be read.`,
    );
    const broken = (await offered(script({ match: 'a', output: '1' }, 'no JSON'))).card.unavailable ?? '';
    assert.match(broken, /^Line 2 of .*script\.jsonl is not an answer: /);
  });
});
