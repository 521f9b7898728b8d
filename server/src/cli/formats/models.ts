/** Models on a terminal of 80 columns: a table of those at hand, and of the others what it takes to run each. */
import Table from 'cli-table3';
import type { ModelCard } from '../../core/models/types.ts';
import { heldTo } from '../../core/pipeline/constraints.ts';
import { type LocalServer, PLACE_WORDS, type Placed, parametersWords } from '../../inference/index.ts';

/** Columns of a terminal that does not say. */
const WIDTH = 80;
/** Lines longer than this are hard to read. */
const WIDEST = 100;
/** `12.7 billion`, and two spaces. */
const PARAMETERS = 14;
/** Without lines between rows. */
const OPEN = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' };

/** @param runs how a model that is at hand runs here */
export function offeredTable(cards: readonly ModelCard[], runs: (card: ModelCard) => string): string {
  const table = modelTable(['model', 'role', 'provider', 'held to', 'scores', 'runs here']);
  for (const card of cards) {
    const { id, role, provider, unavailable } = card;
    table.push([id, role, provider, heldTo(card), scoredBy(card), unavailable ? 'no' : runs(card)]);
  }
  const why = cards.flatMap(({ unavailable }) => (unavailable ? [`${unavailable}\n`] : []));
  return `${table.toString()}\n${why.join('')}`;
}

/** A model that is at hand, name by name. */
export function cardRows(card: ModelCard): readonly (readonly [string, string])[] {
  const { description, provider, role, folder, revision, unavailable, trainedWith = [] } = card;
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['what it is', description],
    ['role', role],
    ['provider', provider],
    ['folder', folder],
    ['revision', revision],
    ['trained with', trainedWith.map(({ name }) => name).join(', ')],
    ['held to', heldTo(card)],
    ['scores', scoredBy(card)],
    ['runs here', unavailable ?? 'yes'],
  ];
  return rows.flatMap(([name, value]) => (value ? [[name, value] as const] : []));
}

function scoredBy({ scores, scoresChoices }: ModelCard): string {
  return scores ? 'texts' : scoresChoices ? 'choices' : '–';
}

/** @param columns of the terminal; absent: it is none */
export function placedText(placed: readonly Placed[], columns = WIDTH): string {
  if (placed.length === 0) return '';
  const id = Math.max(...placed.map(({ entry }) => entry.id.length)) + 2;
  const lines = placed.flatMap(({ entry, place, why }) => [
    `${entry.id.padEnd(id)}${parametersWords(entry.parameters).padEnd(PARAMETERS)}${PLACE_WORDS[place]}`,
    ...wrapped(why, Math.min(columns, WIDEST) - 4).map((line) => `    ${line}`),
  ]);
  return `\nIn the catalog, and not at hand; \`models show MODEL\` tells more:\n\n${lines.join('\n')}\n`;
}

/** Names and what they are, the values below each other. */
export function listed(rows: readonly (readonly [string, string])[], columns = WIDTH): string {
  const left = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.flatMap(([name, value]) =>
    wrapped(value, Math.min(columns, WIDEST) - left).map(
      (line, i) => `${(i === 0 ? name : '').padEnd(left)}${line}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

export function localText(servers: readonly LocalServer[]): string {
  if (servers.length === 0) return '\nNo model server answers on the usual ports of this machine.\n';
  const lines = servers.map(({ name, url, models }) => {
    const endpoint = { [models[0] ?? name]: { url, model: models[0] ?? '' } };
    return `${name} answers at ${url}, with ${models.join(', ') || 'no model'}. In rationale.models.json: ${JSON.stringify({ endpoints: endpoint })}`;
  });
  return `\n${lines.join('\n')}\n`;
}

export function modelTable(head: string[]): Table.Table {
  return new Table({ head, chars: OPEN, style: { head: [], border: [] } });
}

function wrapped(text: string, width: number): string[] {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) as string;
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return lines;
}
