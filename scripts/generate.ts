/**
 * Writes everything that follows from the rules, the commands, the answer readers and the keys of recipes:
 * `docs/rules/`, `docs/commands.md`, `docs/answer-reading.md`, `docs/recipes.md`, the trainer's schema of recipes and the settings block of `package.json`. With `--check` it writes nothing, names what differs and exits with 1.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildProgram } from '../server/src/cli/program.ts';
import { RULES } from '../server/src/core/annotations/rules/index.ts';
import { METHODS } from '../server/src/core/judgements/methods/table.ts';
import { READERS } from '../server/src/core/judgements/readers/index.ts';
import { answerReadingPage } from './generate/answer-reading.ts';
import { commandReference } from './generate/commands.ts';
import { endpointsPage, modelsFileSchema } from './generate/endpoints.ts';
import { withModelTable } from './generate/models.ts';
import { recipePage, recipeSchema } from './generate/recipes.ts';
import { ruleIndex, rulePage } from './generate/rule-pages.ts';
import { withSettings } from './generate/settings.ts';

const root = join(import.meta.dirname, '..');
const rulePages = 'docs/rules';

/** Every generated file, by its path from the root. */
function generated(): Map<string, string> {
  return new Map([
    ...RULES.map((rule) => [`${rulePages}/${rule.id}.md`, rulePage(rule)] as const),
    [`${rulePages}/README.md`, ruleIndex(RULES)],
    ['docs/commands.md', commandReference(buildProgram())],
    ['docs/recipes.md', recipePage()],
    ['trainer/rationale_trainer/recipe.schema.json', recipeSchema()],
    ['docs/answer-reading.md', answerReadingPage(METHODS, READERS)],
    ['docs/endpoints.md', endpointsPage()],
    ['media/models-file.schema.json', modelsFileSchema()],
    ['README.md', withModelTable(readFileSync(join(root, 'README.md'), 'utf8'))],
    ['package.json', withSettings(readFileSync(join(root, 'package.json'), 'utf8'), RULES)],
  ]);
}

/** Pages of rules that are no more. */
function leftOver(files: ReadonlyMap<string, string>): string[] {
  const folder = join(root, rulePages);
  const present = existsSync(folder) ? readdirSync(folder).map((name) => `${rulePages}/${name}`) : [];
  return present.filter((path) => !files.has(path));
}

const files = generated();
const differing = [...files].filter(([path, text]) => {
  const target = join(root, path);
  return !existsSync(target) || readFileSync(target, 'utf8') !== text;
});
const stale = leftOver(files);

if (process.argv.includes('--check')) {
  for (const [path] of differing)
    console.error(`${path} is not what the sources say: run \`npm run generate\`.`);
  for (const path of stale) console.error(`${path} belongs to no rule: run \`npm run generate\`.`);
  process.exitCode = differing.length + stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of differing) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  for (const path of stale) rmSync(join(root, path));
  const changes = [...differing.map(([path]) => path), ...stale.map((path) => `${path} (removed)`)];
  console.log(changes.length > 0 ? changes.join('\n') : 'Everything is up to date.');
}
