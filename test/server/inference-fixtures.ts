/** Models and prompts for the tests of inference. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ModelRequest } from '../../server/src/core/models/types.ts';
import { readPromptFile } from '../../server/src/core/prompts/prompt-file.ts';
import { renderPrompt } from '../../server/src/core/prompts/render.ts';
import type { PromptFile } from '../../server/src/core/prompts/types.ts';
import type { DatasetRecord } from '../../server/src/core/records/types.ts';

const root = resolve(import.meta.dirname, '../..');
export const sample = join(root, 'samples', 'sketchbook');
/** Another pair can be tested by naming its folder. */
export const shippedModels = process.env.RATIONALE_TEST_MODELS ?? join(sample, 'models');
export const cases = join(root, 'test', 'cases');

type WrittenRecord = Omit<DatasetRecord, 'id'>;
const written = JSON.parse(readFileSync(join(sample, 'problems.json'), 'utf8')) as Record<
  string,
  WrittenRecord
>;
const settings = new Map<number, ReturnType<typeof readPromptFile>>();

/** Skips the test where the embedded pair has not been made yet. */
export function needsPair(context: Mocha.Context): void {
  if (existsSync(join(shippedModels, 'teacher', 'config.json'))) return;
  process.stderr.write('    skipped: the embedded pair is not there; `npm run pair` makes it\n');
  context.skip();
}

/** Lines of a JSONL file in test/cases; skips where it has not been made yet. */
export function golden<T>(context: Mocha.Context, name: string): T[] {
  const path = join(cases, name);
  if (!existsSync(path)) {
    process.stderr.write(`    skipped: test/cases/${name} is not there; \`npm run pair\` makes it\n`);
    context.skip();
  }
  const lines = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as T);
}

/** Ids of the sample's records in a split, in file order. */
export function recordIds(split: string): string[] {
  return Object.keys(written).filter((id) => written[id]?.split === split);
}

export function imagePath(id: string): string | null {
  const record = written[id] as WrittenRecord;
  return record.image && join(sample, 'images', record.split as string, id, record.image);
}

/** The request that asks a model for a record of the sample. */
export function requestFor(id: string, setting: 1 | 2 | 3 | 4 = 1): ModelRequest {
  const file = settings.get(setting) ?? readSetting(setting);
  settings.set(setting, file);
  return promptRequest(id, file);
}

/** The request that asks a model for a record of the sample with any prompt file. */
export function promptRequest(id: string, file: PromptFile): ModelRequest {
  const path = imagePath(id);
  const { messages } = renderPrompt(file, { ...(written[id] as WrittenRecord), id });
  return {
    key: id,
    messages: messages.map(({ role, content }) => ({
      role,
      content: content.map((part) => (part.type === 'image' && path ? { ...part, path } : part)),
    })),
  };
}

/** A request that only says this. */
export function textRequest(key: string, text: string, image?: string): ModelRequest {
  const content = [
    ...(image ? [{ type: 'image' as const, path: image }] : []),
    { type: 'text' as const, text },
  ];
  return { key, messages: [{ role: 'user', content }] };
}

function readSetting(setting: number) {
  const name = `setting-${setting}.prompty`;
  return readPromptFile(readFileSync(join(sample, 'prompts', name), 'utf8'), name);
}

/** Everything that comes, in its order. */
export async function all<T>(coming: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of coming) found.push(one);
  return found;
}
