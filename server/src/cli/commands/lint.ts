import type { Command } from 'commander';
import { sharedRecords } from '../../core/pipeline/shared.ts';
import type { FieldMap } from '../../core/records/field-map.ts';
import { isRecipeFile } from '../../files/recipe-places.ts';
import type { CheckedFile } from '../formats/checked.ts';
import { locate, type OpenDataset, openDataset } from '../open-dataset.ts';
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
  const datasets = new Map<string, OpenDataset>();
  for (const name of names) {
    if (isTableFile(name)) files.push(checkResultsTables(name));
    else if (isRecipeFile(name)) files.push(await checkRecipe(name));
    else if (isPromptFile(name)) files.push(await checkPrompt(name, null));
    else {
      const dataset = openDataset(name, null, options.fields);
      datasets.set(dataset.pipeline.surroundings.path, dataset);
      files.push(checkDataset(dataset));
    }
  }
  printChecks('lint', withShared(files, [...datasets.values()]), options);
}

function checkDataset(dataset: OpenDataset): CheckedFile {
  const { file, pipeline } = dataset;
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

/** The files with what is to be said of records that one dataset shares with another, in the order of their lines. */
function withShared(files: readonly CheckedFile[], datasets: readonly OpenDataset[]): readonly CheckedFile[] {
  if (datasets.length < 2) return files;
  const shared = sharedRecords(datasets.map(({ file, pipeline }) => ({ name: file, pipeline })));
  const located = shared.map(({ dataset, otherDataset, chunkIndex, finding }) =>
    locate(datasets[dataset] as OpenDataset, chunkIndex, finding, datasets[otherDataset]),
  );
  return files.map((checked) => {
    const own = located.filter(({ file }) => file === checked.file);
    const findings = [...checked.findings, ...own].sort(
      (a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character,
    );
    return own.length === 0 ? checked : { ...checked, findings };
  });
}
