import { CATALOG } from '../../server/src/inference/catalog/entries.ts';
import { parametersWords, serverWords } from '../../server/src/inference/catalog/place.ts';
import type { CatalogEntry } from '../../server/src/inference/catalog/types.ts';
import { ARCHITECTURES } from '../../server/src/inference/onnx/architectures/index.ts';
import { PYTHON_FAMILIES } from '../../server/src/inference/transformers/families.ts';
import { cell } from './rule-pages.ts';

const BEGIN = '<!-- models: written by `npm run generate` from server/src/inference/catalog/entries.ts -->';
const END = '<!-- models end -->';

/** The README with the catalog's table between its marks. */
export function withModelTable(readme: string): string {
  const [before, rest = ''] = readme.split(BEGIN);
  const after = rest.split(END)[1] ?? '';
  const rows = CATALOG.map(
    (entry) =>
      `| ${cell(entry.name)} | \`${entry.id}\` | ${parametersWords(entry.parameters)} | ${entry.licence ?? 'unknown'} | ${runsIn(entry)} | ${entry.source} |`,
  );
  const head = '| model | id | parameters | licence | runs | from |\n| --- | --- | ---: | --- | --- | --- |';
  return `${before}${BEGIN}\n${head}\n${rows.join('\n')}\n${END}${after}`;
}

function runsIn({ family, onnx, repository, servers, shutDown }: CatalogEntry): string {
  if (onnx && family !== null && family in ARCHITECTURES) return 'here, once fetched';
  if (!repository) return `behind its makers’ endpoint${shutDown ? `, until ${shutDown}` : ''}`;
  const inPython = family !== null && PYTHON_FAMILIES.has(family);
  if (inPython) return servers?.length ? `with Python, or behind ${serverWords(servers)}` : 'with Python';
  if (servers?.length === 0) return 'in Python, by its own code';
  return servers ? `behind ${serverWords(servers)}` : 'behind an endpoint of yours';
}
