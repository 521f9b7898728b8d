import type { ModelProvider } from '../core/models/types.ts';
import type { CatalogEntry } from './catalog/types.ts';
import type { DeviceSetting } from './onnx/devices/choose.ts';
import { onnxProvider } from './onnx/provider.ts';
import { type EndpointAccess, environmentAccess } from './openai/access.ts';
import { openaiProvider } from './openai/provider.ts';
import type { EndpointSettings } from './openai/settings.ts';
import { scriptedProvider } from './scripted/provider.ts';
import { transformersProvider } from './transformers/provider.ts';
import type { PythonAccess } from './transformers/python.ts';

export interface ProviderOptions {
  /** Folder that holds one folder for each shipped model. */
  readonly shippedModels: string;
  readonly device: DeviceSetting;
  /** What the user named besides the shipped models: model folders, or `scripted:FILE`. */
  readonly named: readonly string[];
  /** Students that were trained here and exported. */
  readonly trained?: readonly TrainedModel[];
  /** Models that were fetched from a hub; absent: none. */
  readonly fetched?: readonly TrainedModel[];
  /** Absent: nothing of Python may be started. */
  readonly python?: PythonAccess;
  /** Repositories whose own code Python may run, each at a commit: `owner/name@commit`; absent: none. */
  readonly remoteCode?: readonly string[];
  /** What is known of models; absent: our own catalog. */
  readonly catalog?: readonly CatalogEntry[];
  /** The endpoints that the user configured; absent: none. */
  readonly endpoints?: readonly EndpointSettings[];
  /** Absent: whatever is configured may be sent, with keys from the environment. */
  readonly access?: EndpointAccess;
}

/** A model folder of ours: the name of the run that trained it, or of the catalog's entry, and where it is. */
export interface TrainedModel {
  readonly id: string;
  readonly folder: string;
}

/** The table of providers: one line each. A provider that has nothing to offer for these options lists nothing. */
export function createProviders(options: ProviderOptions): ModelProvider[] {
  const { endpoints = [], access = environmentAccess() } = options;
  return [
    onnxProvider(options),
    transformersProvider(options),
    scriptedProvider(options),
    openaiProvider({ endpoints, access }),
  ];
}

export { CATALOG } from './catalog/entries.ts';
export {
  gigabytes,
  PLACE_WORDS,
  type Placed,
  parametersWords,
  placedCatalog,
  providersOf,
  type Surroundings,
} from './catalog/place.ts';
export { readModelsOf } from './catalog/settings.ts';
export type { CatalogEntry } from './catalog/types.ts';
export { bytesAtEach, describe } from './catalog/words.ts';
export { fetchedModels, fetchModel, fetchWords, planFetch } from './hub/fetch-model.ts';
export { type WantedModel, wantedModel } from './hub/wanted-model.ts';
export { DEVICE_SETTINGS, type DeviceSetting } from './onnx/devices/choose.ts';
export { type ExaminedDevice, examineDevices } from './onnx/devices/examine.ts';
/** For the cosine of texts. */
export { sentenceEmbedder } from './onnx/sentence-embedder.ts';
export type { Destination, EndpointAccess } from './openai/access.ts';
export { environmentAccess, isLoopback } from './openai/access.ts';
export { findLocalServers, type LocalServer } from './openai/local.ts';
export { type EndpointSettings, type ReadEndpoints, readEndpointsOf } from './openai/settings.ts';
export type { PythonAccess, WorkerPython } from './transformers/python.ts';
export { readAllowedCode } from './transformers/remote-code.ts';
