import type { Command } from 'commander';
import type { FieldMap } from '../../core/records/field-map.ts';
import { isRecipeFile } from '../../files/recipe-places.ts';
import type { CheckedFile } from '../formats/checked.ts';
import { locate, openDataset } from '../open-dataset.ts';
import { type CheckFormat, checkFormatOption, type FailOn, failOnOption, fieldsOption } from '../options.ts';
import { printChecks } from '../print-checks.ts';
import { checkPrompt, isPromptFile } from '../prompt-checks.ts';
import { checkRecipe } from '../recipe-checks.ts';
import { checkResultsTables, isTableFile } from '../results-tables.ts';

interface Options {
  readonly fields?: FieldMap;
  readonly format: CheckFormat;
  readonly failOn: FailOn;
}

export function lintCommand(program: Command): void {
  program
    .command('lint')
    .description(
      'check dataset files, prompt files, recipes and tables of results with the rules for them; no model is run',
    )
    .argument(
      '<file...>',
      'problems.json, a JSONL dataset, a .prompty file, a .recipe.yaml file, or a table of results (.csv, .tsv, .md)',
    )
    .addOption(fieldsOption())
    .addOption(checkFormatOption())
    .addOption(failOnOption())
    .action(lint);
}

async function lint(names: readonly string[], options: Options): Promise<void> {
  const files: CheckedFile[] = [];
  for (const name of names) files.push(await checkFile(name, options.fields ?? null));
  printChecks('lint', files, options);
}

async function checkFile(file: string, fields: FieldMap | null): Promise<CheckedFile> {
  if (isTableFile(file)) return checkResultsTables(file);
  if (isRecipeFile(file)) return checkRecipe(file);
  return isPromptFile(file) ? checkPrompt(file, null) : checkDataset(file, fields);
}

function checkDataset(file: string, fields: FieldMap | null): CheckedFile {
  const dataset = openDataset(file, null, fields);
  const { pipeline } = dataset;
  pipeline.compareRecords();
  const { chunks } = pipeline.document;
  return {
    file,
    records: chunks.flatMap(({ source }) => (source ? [source.record.id] : [])),
    findings: chunks.flatMap((chunk, index) =>
      pipeline.checkRecord(chunk).map((finding) => locate(dataset, index, finding)),
    ),
  };
}
