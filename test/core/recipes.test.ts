import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { RULES } from '../../server/src/core/annotations/rules/index.ts';
import type { Finding } from '../../server/src/core/annotations/types.ts';
import {
  checkRecipeFile,
  completeRecipe,
  hoverRecipe,
  type RecipeSurroundings,
  recipeCost,
} from '../../server/src/core/pipeline/recipes.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { describeKey } from '../../server/src/core/recipes/describe-recipe.ts';
import { FIELDS } from '../../server/src/core/recipes/fields.ts';
import { readRecipeFile, valueAt } from '../../server/src/core/recipes/recipe-file.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import type { Store, StoredPrediction } from '../../server/src/core/store/types.ts';
import { readImageFacts } from '../../server/src/files/images.ts';
import { recipeSurroundings } from '../../server/src/files/recipe-places.ts';
import { readTextFile } from '../../server/src/files/text-file.ts';
import { openStore } from '../../server/src/storage/sqlite-store.ts';
import { readMarkedCases } from './marked-cases.ts';

const root = join(import.meta.dirname, '../..');
const cases = join(root, 'test/cases/recipes');
const sample = join(root, 'samples/sketchbook');
const recipeRules = RULES.filter(({ scope }) => scope === 'recipe');
const problems = DatasetDocument.create(readTextFile(join(sample, 'problems.json')));

/** The sample with the teacher's answers to two of its splits. */
function sketchbook(): { readonly around: RecipeSurroundings; readonly store: Store } {
  const store = openStore(':memory:');
  const path = join(sample, 'problems.json');
  const dataset = new Pipeline(
    problems,
    { path, image: (record) => readImageFacts(path, record), splits: null, rules: {} },
    store,
  );
  for (const split of ['train', 'val']) {
    const ids = problems.chunks.flatMap(({ source }) =>
      source?.record.split === split ? [source.record.id] : [],
    );
    keepRun(store, `teacher-${split}`, path, ids);
  }
  const around = recipeSurroundings(join(sample, 'recipes/test.recipe.yaml'), {
    shippedModels: join(sample, 'models'),
    shippedPrompts: join(sample, 'prompts'),
    store,
    dataset: (name) => {
      if (name !== path) throw new Error(`${name} cannot be read: there is no such file.`);
      return dataset;
    },
  });
  return { around, store };
}

function keepRun(store: Store, id: string, dataset: string, ids: readonly string[]): void {
  store.openRun({
    ...{ id, dataset, model: 'teacher', revision: 'r', role: 'teacher', device: 'CPU', prompt: 'setting-1' },
    ...{ promptText: '', setting: 1, format: 'stages', decoding: { maxNewTokens: 160, temperature: 0 } },
    ...{
      split: null,
      sample: null,
      variation: null,
      purpose: 'run',
      cascade: null,
      startedAt: '2026-01-01T00:00:00Z',
      finishedAt: null,
      seconds: 0,
      generated: 0,
    },
  });
  const usage = { promptTokens: 0, imageTokens: 0, outputTokens: 0 };
  store.save(
    ids.map(
      (recordId): StoredPrediction => ({
        ...{ key: `${id} ${recordId}`, output: '<CONCLUSION>A</CONCLUSION>', finishReason: 'stop', usage },
        ...{ runId: id, recordId, sample: 0 },
      }),
    ),
  );
}

const { around } = sketchbook();

function check(text: string, surroundings: RecipeSurroundings | null = null): Finding[] {
  return checkRecipeFile({ name: 'test', text }, surroundings, {});
}

/** The text, marked anew where a rule found something. */
function markedByRule(text: string, findings: readonly Finding[]): string {
  return findings
    .toSorted((a, b) => b.span.start - a.span.start)
    .reduce((now, { span: { start, end } }) => {
      return `${now.slice(0, start)}«${now.slice(start, end)}»${now.slice(end)}`;
    }, text);
}

describe('Recipe rules', () => {
  const files = readdirSync(cases).filter((name) => name.endsWith('.txt'));

  it('have a file of cases each', () => {
    assert.deepEqual(files.toSorted(), recipeRules.map(({ id }) => `${id}.txt`).toSorted());
  });

  for (const file of files) {
    const rule = basename(file, '.txt');
    describe(rule, () => {
      for (const { name, around: where, marked, fix } of readMarkedCases(join(cases, file))) {
        it(name, () => {
          for (const lineEnd of ['\n', '\r\n']) {
            const expected = marked.replaceAll('\n', lineEnd);
            const text = expected.replace(/[«»]/g, '');
            const found = check(text, where === 'sketchbook' ? around : null).filter(
              (one) => one.rule === rule,
            );
            assert.equal(markedByRule(text, found), expected);
            if (!fix) continue;
            const offered = found[0]?.fixes.find(({ title }) => title === fix.title);
            const after = offered?.edits.reduce(
              (now, { span, newText }) => now.slice(0, span.start) + newText + now.slice(span.end),
              text,
            );
            assert.equal(after, fix.after.replaceAll('\n', lineEnd));
          }
        });
      }
    });
  }

  for (const { id, docs } of recipeRules) {
    it(`${id} speaks of its own example`, () => {
      const example = docs.example
        .replace('problems.json', '../problems.json')
        .replace('teacher-on-test', 'teacher-val');
      const whole = /student/.test(example)
        ? example
        : `student: sketchbook-base\ndata: { dataset: ../problems.json }\n${example}`;
      assert.ok(check(whole, around).some(({ rule }) => rule === id));
    });
  }

  it('say in one sentence what is wrong and what there is', () => {
    const base = 'student: sketchbook-base\ndata: { dataset: ../problems.json }\n';
    const says = (more: string) => check(base + more, around).map(({ message }) => message);
    assert.deepEqual(says('target: anwser'), [
      '"target" is "anwser"; it must be one of answer, solution, solution-answer, rationale, rationale-answer.',
    ]);
    assert.deepEqual(says('target: answer\nbatch: 0'), [
      '"batch" is 0; it must be a whole number from 1 to 100000.',
    ]);
    assert.deepEqual(says('target: answer\noptimiser: { betas: [1] }'), [
      '"betas" is a list or mapping; it must be a list of 2 numbers.',
    ]);
    assert.deepEqual(says('target: answer\nlearning_rate: 1'), [
      'There is no "learning_rate": it may hold student, teacher, data, prompt, target, objective, adapter, frozen, optimiser, schedule, epochs, batch, accumulation, precision, lengths, seed, evaluation, checkpoint, export.',
    ]);
    assert.deepEqual(says('target: rationale\nteacher: { run: other }'), [
      'There is no run "other": stored for this dataset are teacher-train, teacher-val; make one with rationale annotate … --run other.',
    ]);
    assert.deepEqual(says('target: rationale\nteacher: { run: teacher-val }'), [
      'The teacher has 60 outputs, but for none of the 100 records to learn from.',
    ]);
  });

  it('say what a folder lacks to be trained, where exports can be trained and where not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'rationale-student-'));
    const JSON_FILES = ['tokenizer_config', 'tokenizer', 'preprocessor_config', 'generation_config'];
    const add = (file: string, text = '{}') => writeFileSync(join(folder, file), text);
    const says = (type: string, ...graphs: string[]) => {
      add('config.json', JSON.stringify({ model_type: type }));
      rmSync(join(folder, 'onnx'), { recursive: true, force: true });
      mkdirSync(join(folder, 'onnx'));
      for (const graph of graphs) add(`onnx/${graph}.onnx`, '');
      const recipe = `student: ${folder}\ndata: { dataset: ../problems.json }\ntarget: answer\n`;
      return check(recipe, around).map(({ message }) => message.replace(folder, 'FOLDER'));
    };
    for (const name of JSON_FILES) add(`${name}.json`);
    const lacks = (what: string) => [`The model folder FOLDER lacks ${what}.`];
    const onlyLlava = lacks(
      'weights (*.safetensors; only a LLaVA without a learnt prefix is trained from its export in onnx/)',
    );
    assert.deepEqual(says('phi3_v', 'prepare_inputs_embeds', 'vision_encoder', 'model'), onlyLlava);
    assert.deepEqual(says('qwen2_vl', 'embed_tokens', 'vision_encoder', 'decoder_model_merged'), onlyLlava);
    assert.deepEqual(says('phi3_v'), lacks('weights (*.safetensors)'));
    assert.deepEqual(says('llava'), lacks('weights (*.safetensors, or an export in onnx/)'));
    assert.deepEqual(
      says('llava', 'embed_tokens', 'vision_encoder'),
      lacks('onnx/decoder_model_merged.onnx'),
    );
    assert.deepEqual(says('llava', 'embed_tokens', 'vision_encoder', 'decoder_model_merged'), []);
    add('prefix.safetensors', '');
    assert.deepEqual(says('llava', 'embed_tokens', 'vision_encoder', 'decoder_model_merged'), onlyLlava);
    add('model.safetensors', '');
    assert.deepEqual(says('phi3_v', 'model'), []);
    rmSync(folder, { recursive: true });
  });
});

describe('A recipe', () => {
  const MINIMAL = 'student: sketchbook-base\ndata: { dataset: ../problems.json }\ntarget: answer\n';

  it('has every key of the table, and the default where its file says nothing', () => {
    const { recipe, problems: wrong } = readRecipeFile(MINIMAL, 'minimal');
    assert.deepEqual(wrong, []);
    for (const { key, default: own, only } of FIELDS) {
      const kind = only && (valueAt(recipe, only.key) as string);
      const expected = only && !only.values.includes(kind as string) ? null : own;
      if (own !== undefined) assert.deepEqual(valueAt(recipe, key), expected, key);
    }
    assert.equal(recipe.objective.keep, 'correct');
    assert.equal(recipe.objective.temperature, null);
  });

  it('has the defaults of its objective', () => {
    const objective = (kind: string) =>
      readRecipeFile(`${MINIMAL}teacher: { model: x }\nobjective: { kind: ${kind} }\n`, 'x').recipe.objective;
    assert.deepEqual([objective('js').beta, objective('dpo').beta], [0.5, 0.1]);
    assert.deepEqual([objective('taid').alpha, objective('redi').alpha], [0.4, 0.8]);
    assert.equal(objective('forward-kl').top_k, null);
    assert.match(describeKey('objective.alpha') ?? '', /Default:\* 0\.8, 0\.4 with taid/);
    const js = `${MINIMAL}teacher: { model: x }\nobjective: { kind: js, beta: 1 }\n`;
    assert.match(readRecipeFile(js, 'x').problems[0]?.message ?? '', /"beta" is 1; with the objective "js"/);
  });

  it('takes numbers as YAML 1.2 writes them, and null for every record', () => {
    const { recipe } = readRecipeFile(
      `${MINIMAL}optimiser: { learning_rate: 1.4e-5 }\nevaluation: { split: null }`,
      'x',
    );
    assert.equal(recipe.optimiser.learning_rate, 0.000014);
    assert.equal(recipe.evaluation.split, null);
  });

  it('is explained key by key, with unit, default and what the values mean', () => {
    const text = `${MINIMAL}schedule:\n  warmup: 10\n`;
    const hover = hoverRecipe({ name: 'x', text }, text.indexOf('warmup'));
    assert.match(hover ?? '', /\*\*schedule\.warmup\*\*.*rises.*steps.*Default:\* 0/s);
    assert.match(hoverRecipe({ name: 'x', text }, text.indexOf('10')) ?? '', /schedule\.warmup/);
    assert.match(hoverRecipe({ name: 'x', text }, text.indexOf('schedule') + 2) ?? '', /`kind`, `warmup`/);
    assert.match(hoverRecipe({ name: 'x', text }, text.indexOf('target')) ?? '', /`solution-answer`: /);
    assert.equal(hoverRecipe({ name: 'x', text: '# nothing\n' }, 3), null);
  });

  it('is completed with the keys that are not there and the values that fit', () => {
    const labels = (text: string) =>
      completeRecipe({ name: 'x', text: text.replace('|', '') }, text.indexOf('|'))?.items.map(
        ({ label }) => label,
      );
    assert.deepEqual(labels('schedule:\n  |'), ['kind', 'warmup']);
    assert.deepEqual(labels('schedule:\n  kind: linear\n  |'), ['warmup']);
    assert.deepEqual(labels('schedule:\n  kind: |'), ['constant', 'linear', 'cosine']);
    assert.deepEqual(labels('data:\n  filter:\n    |'), ['image', 'subject', 'topic', 'pass_rate']);
    assert.equal(labels('nothing:\n  |'), undefined);
    assert.equal(labels('student: sketchbook-base\n|')?.includes('student'), false);
  });

  it('says how many steps it comes to', () => {
    const text = `${MINIMAL}batch: 16\naccumulation: 3\nepochs: 4\n`;
    assert.deepEqual(recipeCost({ name: 'x', text }, around), { examples: 100, steps: 12 });
    assert.equal(recipeCost({ name: 'x', text: 'target: x' }, around), null);
  });
});

describe('Any recipe', () => {
  const word = fc.constantFrom(
    ...FIELDS.flatMap(({ key }) => key.split('.')),
    ...[
      ':',
      ': ',
      '\n',
      '\n  ',
      '- ',
      '{',
      '}',
      '[',
      ']',
      ', ',
      '&a',
      '*a',
      '"',
      '1e999',
      '-1',
      'null',
      'true',
      '~',
    ],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
  );

  it('is read, checked, hovered and completed without failing, with findings inside it', () => {
    fc.assert(
      fc.property(text, fc.nat(200), (written, at) => {
        const offset = Math.min(at, written.length);
        for (const { span } of check(written, around)) {
          assert.ok(0 <= span.start && span.start <= span.end && span.end <= Math.max(1, written.length));
        }
        hoverRecipe({ name: 'x', text: written }, offset);
        completeRecipe({ name: 'x', text: written }, offset);
      }),
      { numRuns: 300 },
    );
  });
});
