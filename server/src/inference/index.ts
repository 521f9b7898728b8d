import type { ModelProvider } from '../core/models/types.ts';
import type { DeviceSetting } from './onnx/devices.ts';
import { onnxProvider } from './onnx/provider.ts';
import { scriptedProvider } from './scripted/provider.ts';

export interface ProviderOptions {
  /** Folder that holds one folder for each shipped model. */
  readonly shippedModels: string;
  readonly device: DeviceSetting;
  /** What the user named besides the shipped models: model folders, or `scripted:FILE`. */
  readonly named: readonly string[];
  /** Students that were trained here and exported. */
  readonly trained?: readonly TrainedModel[];
}

/** A trained student: the name of its run, and the folder of its export. */
export interface TrainedModel {
  readonly id: string;
  readonly folder: string;
}

/** The table of providers: one line each. A provider that has nothing to offer for these options lists nothing. */
export function createProviders(options: ProviderOptions): ModelProvider[] {
  return [onnxProvider(options), scriptedProvider(options)];
}

/** For the cosine of texts. */
export { sentenceEmbedder } from './onnx/sentence-embedder.ts';
