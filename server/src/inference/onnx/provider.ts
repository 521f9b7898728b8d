import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { ALL_FORMS } from '../../core/grammars/forms.ts';
import type { Model, ModelCard, ModelProvider } from '../../core/models/types.ts';
import { SHIPPED_FAMILY } from '../../core/shipped-family.ts';
import { CATALOG } from '../catalog/entries.ts';
import { forked } from '../hosts/host-process.ts';
import { HostedModel, PATIENCE, type Patience, startModel } from '../hosts/model.ts';
import { revisionOf } from '../revision.ts';
import { isWeightsFolder } from '../weights-folder.ts';
import { type ChosenDevice, type DeviceSetting, devicesFor } from './devices/choose.ts';
import type { Probe } from './devices/probe.ts';
import { DEVICES } from './devices/table.ts';
import { hostEntry } from './host-entry.ts';
import { modelFiles, readModelConfig } from './model-files.ts';
import { trainedPrompts } from './trained-prompts.ts';

export interface OnnxOptions {
  /** Folder that holds one folder for each shipped model. */
  readonly shippedModels: string;
  readonly device: DeviceSetting;
  /** Names that may be model folders. */
  readonly named: readonly string[];
  /** Students that were trained here, by the names of their runs. */
  readonly trained?: readonly { readonly id: string; readonly folder: string }[];
  /** Models that were fetched from a hub, by their ids of the catalog or their repositories. */
  readonly fetched?: readonly { readonly id: string; readonly folder: string }[];
  readonly patience?: Patience;
  /** How devices are tried; absent: each in a process of its own. */
  readonly probe?: Probe;
}

const SHIPPED = [
  {
    folder: 'teacher',
    role: 'teacher',
    description: 'The embedded teacher: writes four-stage rationales for Sketchbook questions.',
  },
  {
    folder: 'base',
    role: 'base',
    description: 'The student before distillation: trained on the gold letters alone.',
  },
  {
    folder: 'student',
    role: 'student',
    description: "The distilled student: trained on the teacher's rationales.",
  },
] as const;

type Known = Pick<ModelCard, 'id' | 'name' | 'role' | 'description'> & { readonly folder: string };

/** Models in ONNX folders, as transformers.js reads them: the shipped ones and any folder that the user names. */
export function onnxProvider(options: OnnxOptions): ModelProvider {
  return {
    id: 'onnx',
    list: () =>
      Promise.all(
        [
          ...shipped(options.shippedModels),
          ...(options.trained ?? []).map(trained),
          ...(options.fetched ?? []).filter(({ folder }) => !isWeightsFolder(folder)).map(fetched),
          ...folders(options.named).filter(({ folder }) => !isWeightsFolder(folder)),
        ].map(cardOf),
      ),
    open: (card, onNotice) => open(card, options, onNotice),
    tokenCounter: async ({ folder }) => {
      // Nothing that only lists models waits for a tokenizer.
      const { OnnxTokenCounter } = await import('./token-counter.ts');
      return new OnnxTokenCounter(folder as string);
    },
  };
}

function shipped(parent: string): Known[] {
  return SHIPPED.map(({ folder, role, description }) => {
    const id = SHIPPED_FAMILY + folder;
    return { id, name: `Sketchbook ${folder}`, role, description, folder: join(parent, folder) };
  });
}

function trained({ id, folder }: { readonly id: string; readonly folder: string }): Known {
  return {
    id,
    name: id,
    role: 'student',
    description: `The student of the training run in ${dirname(folder)}.`,
    folder,
  };
}

function fetched({ id, folder }: { readonly id: string; readonly folder: string }): Known {
  const entry = CATALOG.find((one) => one.id === id);
  return { id, name: entry?.name ?? id, role: 'other', description: `Fetched into ${folder}.`, folder };
}

/** A name with a scheme before it is another provider's, and a name that is no folder is no model of ours. */
function folders(named: readonly string[]): Known[] {
  return named
    .filter((name) => !name.startsWith(SHIPPED_FAMILY) && existsSync(name) && statSync(name).isDirectory())
    .map((name) => {
      const folder = resolve(name);
      return {
        id: name,
        name: basename(folder),
        role: 'other',
        description: `The model folder ${folder}.`,
        folder,
      };
    });
}

async function cardOf(known: Known): Promise<ModelCard> {
  const card = {
    ...known,
    provider: 'onnx',
    trainedWith: trainedPrompts(known.folder),
    constrains: ALL_FORMS,
    scores: true as const,
  };
  try {
    const files = presentFiles(known.folder);
    return { ...card, revision: await revisionOf(known.folder, files) };
  } catch (error) {
    return { ...card, revision: '', unavailable: `${known.id} cannot run: ${(error as Error).message}` };
  }
}

/** Names of the model's files, relative to its folder. @throws Error whose message is one sentence, when one is missing */
function presentFiles(folder: string): string[] {
  const { required, optional } = modelFiles(folder, readModelConfig(folder));
  const missing = required.find((file) => !existsSync(join(folder, file)));
  if (missing) throw new Error(`the file ${missing} is missing in ${folder}.`);
  return [...required, ...optional.filter((file) => existsSync(join(folder, file)))];
}

async function open(
  card: ModelCard,
  { device: setting, patience, probe }: OnnxOptions,
  onNotice: (sentence: string) => void,
): Promise<Model> {
  const folder = card.folder as string;
  const size = presentFiles(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  const passedOver: string[] = [];
  const start = ({ device, name }: ChosenDevice) => {
    const options = {
      card,
      called: 'The model host',
      startHost: () => forked(hostEntry(), DEVICES[device.kind].variables),
      load: { type: 'load', folder, device } as const,
      deviceName: name,
      passedOver,
      size,
      patience: patience ?? PATIENCE,
      onNotice,
    };
    return startModel(new HostedModel(options));
  };
  const notices: string[] = [];
  for await (const candidate of devicesFor(setting, size, probe)) {
    if ('why' in candidate) {
      passedOver.push(candidate.why);
      if (!candidate.isQuiet) notices.push(candidate.why);
      continue;
    }
    try {
      const model = await start(candidate);
      if (notices.length > 0) onNotice(`${notices.join(' ')} ${card.name} runs on ${candidate.name}.`);
      return model;
    } catch (error) {
      // A device that was asked for is not replaced, and behind the CPU there is none.
      if (setting !== 'auto' || candidate.device.kind === 'cpu') throw error;
      const why = `${card.name} does not run on ${candidate.name}: ${(error as Error).message}`;
      passedOver.push(why);
      notices.push(why);
    }
  }
  // Not reached: behind every other device there is the CPU.
  throw new Error(`There is no device for ${card.name}.`);
}
