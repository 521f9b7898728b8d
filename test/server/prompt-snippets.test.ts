import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { promptSnippet } from '../../server/src/core/pipeline/prompty.ts';
import type { Message } from '../../server/src/core/prompts/types.ts';
import { PNG } from './sample-dataset.ts';

const run = promisify(execFile);
const NASTY = `It's "quoted", $HOME, \`ls\`, \\n, $(date), 100 % é 🙂 {{ x }}\nsecond line`;

describe('a prompt copied as a program', () => {
  let folder: string;
  let image: string;
  let server: Server;
  let received: unknown[];
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rationale-snippet-'));
    image = join(folder, "a $' picture's.png");
    writeFileSync(image, PNG);
    received = [];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const { authorization } = request.headers;
        received.push({
          authorization,
          url: request.url,
          body: JSON.parse(Buffer.concat(chunks).toString()),
        });
        response.setHeader('content-type', 'application/json').end('{"choices":[]}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });
  afterEach(() => {
    received.length = 0;
  });

  const messages = (): Message[] => [
    { role: 'system', content: [{ type: 'text', text: NASTY }] },
    {
      role: 'user',
      content: [
        { type: 'image', path: image },
        { type: 'text', text: NASTY },
        { type: 'image', path: image },
      ],
    },
  ];
  const options = () => ({
    model: "org/it's",
    endpoint: {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
      key: 'TEST_KEY',
    },
    maxNewTokens: 64,
  });
  const url = `data:image/png;base64,${PNG.toString('base64')}`;
  const expected = {
    model: "org/it's",
    max_tokens: 64,
    temperature: 0,
    messages: [
      { role: 'system', content: NASTY },
      {
        role: 'user',
        content: [
          { type: 'image_url', image_url: { url } },
          { type: 'text', text: NASTY },
          { type: 'image_url', image_url: { url } },
        ],
      },
    ],
  };

  it('for bash sends what the model is shown, character by character, pictures included', async () => {
    const env = { ...process.env, TEST_KEY: 'secret' };
    await run('bash', ['-c', promptSnippet('curl', messages(), options())], { env });
    const [authorization, url] = ['Bearer secret', '/v1/chat/completions'];
    assert.deepEqual(received, [{ authorization, url, body: expected }]);
  });

  it('goes by the environment where no endpoint is known', async () => {
    const { endpoint } = options();
    const env = { ...process.env, OPENAI_BASE_URL: endpoint.url };
    const text = promptSnippet('curl', messages(), { ...options(), endpoint: null });
    await run('bash', ['-c', text], { env });
    assert.equal(received.length, 1);
  });

  it('for Python gives the package `openai` the same', async () => {
    mkdirSync(join(folder, 'openai'));
    // Stands in for the package: prints what it is called with.
    const stand = [
      'import json',
      'class OpenAI:',
      '    def __init__(self, base_url, api_key):',
      '        self.chat = self.completions = self',
      '    def create(self, **call):',
      '        print(json.dumps(call))',
      '        raise SystemExit',
    ];
    writeFileSync(join(folder, 'openai', '__init__.py'), stand.join('\n'));
    const script = join(folder, 'ask.py');
    writeFileSync(script, promptSnippet('python', messages(), options()));
    const { stdout } = await run('python3', [script], { env: { ...process.env, PYTHONPATH: folder } });
    assert.deepEqual(JSON.parse(stdout), expected);
  });
});
