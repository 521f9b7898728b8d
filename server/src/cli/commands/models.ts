import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import type { ModelCard } from '../../core/models/types.ts';
import {
  bytesAtEach,
  type DeviceSetting,
  describe,
  type ExaminedDevice,
  examineDevices,
  fetchModel,
  fetchWords,
  findLocalServers,
  gigabytes,
  PLACE_WORDS,
  type Placed,
  planFetch,
  providersOf,
  wantedModel,
} from '../../inference/index.ts';
import { fetchedFolder } from '../../storage/location.ts';
import { EXIT, UsageError } from '../exit.ts';
import { cardRows, listed, localText, modelTable, offeredTable, placedText } from '../formats/models.ts';
import { interrupted } from '../interrupt.ts';
import { type Examined, examine } from '../model-doctor.ts';
import { allowedCode, catalogModels, findModel, offeredModels, placedModels } from '../models.ts';
import { deviceOption, type Format, formatOption } from '../options.ts';
import { ProgressLine } from '../progress.ts';
import { pythonIfAny } from '../python.ts';

interface ListOptions {
  readonly format: Format;
  readonly local: boolean;
}

export function modelsCommand(program: Command): void {
  const models = program.command('models').description('what runs here, and on which device');
  models
    .command('list', { isDefault: true })
    .description('the models at hand, and those of the catalog with what it takes to run them')
    .option('--local', 'also ask the usual ports of this machine for model servers', false)
    .addOption(formatOption())
    .action(list);
  models
    .command('show')
    .description(
      'what the catalog knows of a model: size, licence, pictures, what it can tell, where it runs',
    )
    .argument('<model>', 'an id of `models list`')
    .addOption(formatOption())
    .action(show);
  models
    .command('get')
    .description(
      'fetch a model of the catalog, or of a hub (ONNX files, or weights for Python), after saying how large it is',
    )
    .argument('<model>', 'an id of `models list`, or owner/name')
    .option('--revision <commit>', "commit or branch (default: the catalog's, or main)")
    .option('--yes', 'fetch without asking', false)
    .action(get);
  models
    .command('doctor')
    .description('run each model, and measure device, tokens per second and memory')
    .argument('[model...]', 'models or model folders (default: all that run on this machine)')
    .addOption(deviceOption())
    .addOption(formatOption())
    .action(doctor);
  models
    .command('devices')
    .description('try each device that ONNX models can run on, best first, and say why one does not work')
    .addOption(formatOption())
    .action(devices);
}

async function list({ format, local }: ListOptions): Promise<void> {
  const offered = (await offeredModels('auto')).map(({ card }) => card);
  const python = await pythonIfAny(process.cwd());
  const runs = ({ provider }: ModelCard) =>
    provider !== 'transformers' ? 'yes' : python ? 'with Python' : PLACE_WORDS['needs-python'];
  const placed = (await placedModels()).filter(({ place }) => place !== 'here');
  const servers = local ? await findLocalServers() : [];
  if (format !== 'text') {
    const rows = [
      ...offered.map((card) => ({ ...card, place: card.unavailable ? 'unusable' : 'here' })),
      ...placed.map(placedJson),
      ...servers.map((server) => ({ ...server, place: 'local-server' })),
    ];
    process.stdout.write(print(rows, format, [], () => []));
    return;
  }
  const { columns } = process.stdout;
  process.stdout.write(offeredTable(offered, runs) + placedText(placed, columns));
  if (local) process.stdout.write(localText(servers));
}

async function show(id: string, { format }: { readonly format: Format }): Promise<void> {
  const placed = (await placedModels()).find(({ entry }) => entry.id === id);
  const card = (await offeredModels('auto', [id])).find((offered) => offered.card.id === id)?.card;
  if (!placed && !card)
    throw new UsageError(`There is no model ${id}: \`models list\` has those that are known.`);
  if (format !== 'text') {
    const row = { ...card, ...(placed && placedJson(placed)) };
    process.stdout.write(print([row], format, [], () => []));
    return;
  }
  const rows = [
    ...(placed ? describe(placed.entry) : []),
    ...(card ? cardRows(card) : []),
    ...(placed && !card ? [['runs here', `${PLACE_WORDS[placed.place]}. ${placed.why}`] as const] : []),
  ];
  process.stdout.write(listed(rows, process.stdout.columns));
}

function placedJson({ entry, place, why }: Placed) {
  return { ...entry, providers: providersOf(entry), weightBytes: bytesAtEach(entry), place, why };
}

async function get(
  id: string,
  options: { readonly revision?: string; readonly yes: boolean },
): Promise<void> {
  const wanted = wantedModel(id, {
    ...{ catalog: catalogModels(), parent: fetchedFolder(), allowedCode: allowedCode() },
    revision: options.revision,
  });
  const signal = interrupted();
  const plan = await planFetch(wanted, signal);
  const what = fetchWords(plan, wanted);
  if (!options.yes && !(await agrees(`Fetch ${what}? [y/N] `))) {
    throw new UsageError(`Nothing was fetched: ${what} needs a yes, or --yes.`);
  }
  const line = new ProgressLine(wanted.id, 'MB');
  let bytes = 0;
  await fetchModel(
    plan,
    (count) => {
      bytes += count;
      line.show(Math.round(bytes / 1e6), Math.round(plan.bytes / 1e6), Math.round(bytes / 1e6));
    },
    signal,
  );
  line.end();
  process.stdout.write(`${wanted.id} is there: annotate --model ${wanted.id}\n`);
}

async function agrees(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

async function doctor(
  names: string[],
  { format, device }: { readonly format: Format; readonly device: DeviceSetting },
): Promise<void> {
  const offered =
    names.length > 0
      ? await Promise.all(names.map((name) => findModel(name, device)))
      : // What an endpoint answers may have to be paid: only one that is named is asked.
        (await offeredModels(device)).filter(({ provider }) => provider.id !== 'openai');
  const rows: Examined[] = [];
  for (const model of offered) rows.push(await examine(model));
  process.stdout.write(
    print(rows, format, ['model', 'device', 'tokens/s', 'memory', 'state'], (row) => [
      row.model,
      row.device ?? '–',
      row.tokensPerSecond?.toFixed(1) ?? '–',
      row.memory ? gigabytes(row.memory) : '–',
      row.problem ? 'does not run' : 'runs',
    ]),
  );
  if (format === 'text') {
    for (const { model, problem } of rows) if (problem) process.stdout.write(`${model}: ${problem}\n`);
    process.stdout.write(passedOverText(rows));
  }
  process.exitCode = rows.some((row) => row.problem) ? EXIT.findings : EXIT.done;
}

/** Each reason once, with the models that it is about. */
function passedOverText(rows: readonly Examined[]): string {
  const reasons = rows.flatMap(({ model, passedOver }) => passedOver.map((why) => ({ model, why })));
  const lines = [...Map.groupBy(reasons, ({ why }) => why)].map(
    ([why, about]) => `${about.map(({ model }) => model).join(', ')}: ${why}\n`,
  );
  return lines.length > 0 ? `Better devices that were passed over:\n${lines.join('')}` : '';
}

async function devices({ format }: { readonly format: Format }): Promise<void> {
  const rows = await examineDevices();
  const cells = ({ device, name, state, milliseconds }: ExaminedDevice) => [
    device,
    name,
    DEVICE_STATES[state],
    milliseconds === null ? '–' : milliseconds.toFixed(1),
  ];
  process.stdout.write(
    print(rows, format, ['--device', 'name', 'here', 'ms for a piece of attention'], cells),
  );
  if (format !== 'text') return;
  for (const { device, problem } of rows) if (problem) process.stdout.write(`${device}: ${problem}\n`);
}

const DEVICE_STATES: Readonly<Record<ExaminedDevice['state'], string>> = {
  works: 'works',
  broken: 'does not work',
  'not-installed': 'not installed',
  elsewhere: 'on other platforms',
};

function print<T>(rows: readonly T[], format: Format, head: string[], cells: (row: T) => string[]): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const table = modelTable(head);
  table.push(...rows.map(cells));
  return `${table.toString()}\n`;
}
