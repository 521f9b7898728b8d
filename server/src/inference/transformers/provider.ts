import { existsSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { ALL_FORMS } from '../../core/grammars/forms.ts';
import type { Model, ModelCard, ModelProvider } from '../../core/models/types.ts';
import { CATALOG } from '../catalog/entries.ts';
import type { CatalogEntry } from '../catalog/types.ts';
import { spawned } from '../hosts/host-process.ts';
import { HostedModel, startModel } from '../hosts/model.ts';
import { cachedSnapshot } from '../hub/cache.ts';
import {
  familyOf,
  isWeightsFolder,
  presentWeights,
  weightsRevision,
  weightsSize,
} from '../weights-folder.ts';
import { SCORES_CHOICES } from './families.ts';
import { grammarCompiler } from './grammars.ts';
import type { PythonAccess } from './python.ts';
import { mayRunCode } from './remote-code.ts';

export interface TransformersOptions {
  /** As the setting has it, which also names devices that PyTorch does not have. */
  readonly device: string;
  /** Names that may be folders of weights, or repositories in the model cache: `owner/name`, `owner/name@revision`. */
  readonly named: readonly string[];
  /** Models that were fetched from a hub, by their ids of the catalog or their repositories. */
  readonly fetched?: readonly { readonly id: string; readonly folder: string }[];
  readonly catalog?: readonly CatalogEntry[];
  /** Absent: nothing of Python may be started. */
  readonly python?: PythonAccess;
  /** Repositories whose own code may run, each at a commit: `owner/name@commit`. */
  readonly remoteCode?: readonly string[];
}

/** Milliseconds without a sign of life after which a worker is replaced: reading long prompts on a CPU takes minutes. */
const PATIENCE = { working: 600_000, loading: 1_800_000 };

/** Of the devices that can be chosen, those that PyTorch has by these names; on a Mac `auto` is MPS. */
const DEVICES = ['auto', 'cuda', 'cpu'] as const;

interface Known {
  readonly id: string;
  readonly folder: string;
}

/** Models that ONNX cannot run: folders of safetensors weights, in a Python process. */
export function transformersProvider(options: TransformersOptions): ModelProvider {
  return {
    id: 'transformers',
    list: () => Promise.all(knownModels(options).map((known) => cardOf(known, options))),
    open: (card, onNotice) => open(card, options, onNotice),
  };
}

function knownModels({ fetched = [], named }: TransformersOptions): Known[] {
  const byName = named.flatMap((name) => {
    const folder = folderNamed(name);
    return folder === null ? [] : [{ id: name, folder }];
  });
  return [...fetched, ...byName].filter(({ folder }) => isWeightsFolder(folder));
}

function folderNamed(name: string): string | null {
  if (existsSync(name) && statSync(name).isDirectory()) return resolve(name);
  const [, repository, revision] = /^([\w.-]+\/[\w.-]+)(?:@([\w.-]+))?$/.exec(name) ?? [];
  return repository ? cachedSnapshot(repository, revision ?? 'main') : null;
}

async function cardOf(
  { id, folder }: Known,
  { catalog = CATALOG, python }: TransformersOptions,
): Promise<ModelCard> {
  const entry = catalog.find((one) => one.id === id);
  const card = {
    id,
    name: entry?.name ?? basename(folder),
    provider: 'transformers',
    role: 'other',
    folder,
    description: `The weights in ${folder}, run with Python.`,
  } as const;
  try {
    if (!python) throw new Error('it needs Python, which may not be started here.');
    const can =
      familyOf(folder) === SCORES_CHOICES
        ? { scoresChoices: true as const }
        : { constrains: ALL_FORMS, scores: true as const };
    presentWeights(folder);
    return { ...card, ...can, revision: await weightsRevision(folder) };
  } catch (error) {
    return { ...card, revision: '', unavailable: `${id} cannot run: ${(error as Error).message}` };
  }
}

async function open(
  card: ModelCard,
  { device: setting, catalog = CATALOG, python, fetched = [], remoteCode = [] }: TransformersOptions,
  onNotice: (sentence: string) => void,
): Promise<Model> {
  const folder = card.folder as string;
  const device = DEVICES.find((one) => one === setting);
  if (!device) {
    throw new Error(
      `${card.name} runs with PyTorch, which does not have the device ${setting}: choose ${DEVICES.join(', ')}.`,
    );
  }
  // A card that is not available is not opened.
  const { path, variables } = await (python as PythonAccess).find();
  return startModel(
    new HostedModel({
      card,
      called: 'The Python worker',
      startHost: () => spawned(path, ['-m', 'rationale_trainer', 'worker'], environment(variables)),
      load: {
        type: 'load-weights',
        folder,
        device,
        stop: catalog.find(({ id }) => id === card.id)?.stop ?? [],
        remoteCode: mayRunCode(
          folder,
          remoteCode,
          fetched.some((one) => one.folder === folder),
        ),
      },
      deviceName: 'Python',
      size: weightsSize(folder),
      patience: PATIENCE,
      onNotice,
      compile: grammarCompiler(),
    }),
  );
}

/** What is run is here: the worker asks no hub for anything. */
function environment(variables: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  return { ...process.env, ...variables, HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' };
}
