import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { checkRecipeFile, recipeCost } from '../../server/src/core/pipeline/recipes.ts';
import { Pipeline } from '../../server/src/core/pipeline.ts';
import { DatasetDocument } from '../../server/src/core/records/document.ts';
import { namedRecipe, recipeSurroundings } from '../../server/src/files/recipe-places.ts';
import { readTextFile } from '../../server/src/files/text-file.ts';
import { rationale } from '../server/sample-dataset.ts';

const root = join(import.meta.dirname, '../..');
const sample = join(root, 'samples/sketchbook');

/** A stand-in for ScienceQA, which is the user's: its keys, six records a split. */
function scienceQa(): string {
  const records = ['train', 'val'].flatMap((split) =>
    Array.from({ length: 6 }, (_, n) => [
      `${split}${n}`,
      {
        ...{
          question: 'Which is it?',
          choices: ['this', 'that'],
          answer: 1,
          hint: '',
          task: 'closed choice',
          split,
        },
        ...{ image: n < 4 ? 'image.png' : null, lecture: 'So.', solution: 'It is that.' },
      },
    ]),
  );
  return JSON.stringify(Object.fromEntries(records));
}

const outputs = Array.from({ length: 6 }, (_, n) =>
  JSON.stringify({ id: `train${n}`, output: rationale('B') }),
);

function open(path: string) {
  const isOwn = path.startsWith(sample);
  const around = recipeSurroundings(path, {
    shippedModels: join(sample, 'models'),
    shippedPrompts: join(sample, 'prompts'),
    store: null,
    dataset: (name) => {
      const document = DatasetDocument.create(isOwn ? readTextFile(name) : scienceQa());
      return new Pipeline(
        document,
        { path: name, image: () => ({ state: 'none' }), splits: null, rules: {} },
        null,
      );
    },
  });
  const theirs = { ...around, outputs: (name: string) => ({ path: name, text: outputs.join('\n') }) };
  return { recipe: namedRecipe(path, readTextFile(path)), around: isOwn ? around : theirs };
}

describe('The shipped recipes', () => {
  const recipes = globSync('samples/**/*.recipe.yaml', { cwd: root }).filter(
    (path) => !path.includes('/runs/'),
  );

  it('are those that the documents name', () => {
    assert.deepEqual(recipes.map((path) => path.split('/').at(-1)).toSorted(), [
      ...['distil-long.recipe.yaml', 'distil.recipe.yaml', 'gold.recipe.yaml'],
      ...['scienceqa-lora-gold.recipe.yaml', 'scienceqa-lora-teacher.recipe.yaml'],
      ...['scienceqa-prefix-gold.recipe.yaml', 'scienceqa-prefix-teacher.recipe.yaml'],
      'svrd.recipe.yaml',
    ]);
  });

  for (const path of recipes) {
    it(`${path} has no findings where its dataset is`, () => {
      const { recipe, around } = open(join(root, path));
      assert.deepEqual(checkRecipeFile(recipe, around, {}), []);
      assert.ok((recipeCost(recipe, around)?.steps ?? 0) > 0);
    });
  }
});
