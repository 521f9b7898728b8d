import Table from 'cli-table3';
import type { Command } from 'commander';
import { EXIT } from '../exit.ts';
import { findModel, type OfferedModel, offeredModels, openModel } from '../models.ts';
import { type Format, formatOption } from '../options.ts';

interface Options {
  readonly format: Format;
}

export function modelsCommand(program: Command): void {
  const models = program.command('models').description('what runs here, and on which device');
  models
    .command('list', { isDefault: true })
    .description('the models that are known')
    .addOption(formatOption())
    .action(async (options: Options) => {
      const rows = (await offeredModels('auto')).map(({ card }) => card);
      process.stdout.write(
        print(rows, options.format, ['model', 'role', 'provider', 'runs here'], (card) => [
          card.id,
          card.role,
          card.provider,
          card.unavailable ?? 'yes',
        ]),
      );
    });
  models
    .command('doctor')
    .description('open each model and name the device really used')
    .argument('[model...]', 'models or model folders (default: all that are known)')
    .addOption(formatOption())
    .action(async (names: string[], options: Options) => {
      const offered =
        names.length > 0
          ? await Promise.all(names.map((name) => findModel(name, 'auto')))
          : await offeredModels('auto');
      const rows = [];
      for (const model of offered) rows.push(await examine(model));
      process.stdout.write(
        print(rows, options.format, ['model', 'device', 'state'], (row) => [
          row.model,
          row.device ?? '–',
          row.problem ?? 'runs',
        ]),
      );
      process.exitCode = rows.some((row) => row.problem) ? EXIT.findings : EXIT.done;
    });
}

interface Examined {
  readonly model: string;
  readonly device: string | null;
  readonly problem: string | null;
}

async function examine({ provider, card }: OfferedModel): Promise<Examined> {
  if (card.unavailable) return { model: card.id, device: null, problem: card.unavailable };
  try {
    const model = await openModel(provider, card);
    await model.close();
    return { model: card.id, device: model.device, problem: null };
  } catch (error) {
    return { model: card.id, device: null, problem: error instanceof Error ? error.message : String(error) };
  }
}

function print<T>(rows: readonly T[], format: Format, head: string[], cells: (row: T) => string[]): string {
  if (format === 'json') return `${JSON.stringify(rows, null, 2)}\n`;
  if (format === 'jsonl') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows.map(cells));
  return `${table.toString()}\n`;
}
