/** The names of the files that make up a model folder, in the layout that transformers.js reads. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES } from './architectures/index.ts';
import type { Architecture, Graphs } from './architectures/types.ts';
import { type ModelConfig, readJson, TEMPLATE_FILE, type TextConfig } from './model-config.ts';

/** As most architectures call them. */
const GRAPHS: Graphs = {
  embed: 'embed_tokens',
  vision: 'vision_encoder',
  decoder: 'decoder_model_merged',
};

/** transformers.js's names of weight types and what they add to a file's name. */
const SUFFIXES: Readonly<Record<string, string>> = {
  fp32: '',
  fp16: '_fp16',
  q8: '_quantized',
  int8: '_int8',
  uint8: '_uint8',
  q4: '_q4',
  q4f16: '_q4f16',
  bnb4: '_bnb4',
};

const JSON_FILES = ['config.json', 'tokenizer.json', 'tokenizer_config.json', 'preprocessor_config.json'];
/** Read when they are there. */
const OPTIONAL_FILES = ['generation_config.json', 'processor_config.json'];

/**
 * Reads config.json. Where it describes the text model at its top, the same is found in `text_config`.
 * @throws Error whose message is one sentence, when there is none, it is not JSON, or not that of a model that runs here
 */
export function readModelConfig(folder: string): ModelConfig {
  const path = join(folder, 'config.json');
  if (!existsSync(folder)) throw new Error(`There is no folder ${folder}.`);
  if (!existsSync(path)) throw new Error(`${folder} is not a model folder: it has no config.json.`);
  const config = readJson(path) as ModelConfig;
  if (!(config?.model_type in ARCHITECTURES)) {
    throw new Error(
      `${path} describes a model of type "${config?.model_type}", which does not run here; the types are ${Object.keys(ARCHITECTURES).join(', ')}.`,
    );
  }
  const text = config.text_config ?? (config as unknown as TextConfig);
  if (typeof text.num_hidden_layers !== 'number')
    throw new Error(`${path} does not describe the text model (text_config).`);
  return { ...config, text_config: text };
}

export function architectureOf({ model_type }: ModelConfig): Architecture {
  return ARCHITECTURES[model_type] as Architecture;
}

export function graphsOf(config: ModelConfig): Graphs {
  return architectureOf(config).graphs ?? GRAPHS;
}

/**
 * Path of a graph, relative to the folder: of the weight type that the config names, else the first that is
 * there.
 * @param isThere whether a file is there, by its path relative to the folder
 */
export function graphFile(
  folder: string,
  config: ModelConfig,
  name: string,
  isThere = (file: string) => existsSync(join(folder, file)),
): string {
  const named = config['transformers.js_config']?.dtype;
  const type = typeof named === 'string' ? named : named?.[name];
  const path = (suffix: string) => `onnx/${name}${suffix}.onnx`;
  if (type !== undefined) return path(SUFFIXES[type] ?? `_${type}`);
  return Object.values(SUFFIXES).map(path).find(isThere) ?? path('');
}

/**
 * Every file that the model's answers depend on, relative to the folder; first those it cannot do without.
 * @param isThere as in `graphFile`
 */
export function modelFiles(
  folder: string,
  config: ModelConfig,
  isThere?: (file: string) => boolean,
): { required: string[]; optional: string[] } {
  const graphs = Object.values(graphsOf(config)).flatMap((name) => {
    const graph = graphFile(folder, config, name, isThere);
    return [graph, ...externalData(config, name, graph)];
  });
  return { required: [...JSON_FILES, ...graphs], optional: [...OPTIONAL_FILES, ...templateFiles(folder)] };
}

/** None where the tokenizer's own file has the chat template. */
function templateFiles(folder: string): string[] {
  const path = join(folder, 'tokenizer_config.json');
  const isKnown = existsSync(path) && 'chat_template' in (readJson(path) as object);
  return isKnown ? [] : [TEMPLATE_FILE];
}

/** Weights outside the graph's own file, as `use_external_data_format` counts them. */
function externalData(config: ModelConfig, name: string, graph: string): string[] {
  const format = config['transformers.js_config']?.use_external_data_format ?? false;
  const own =
    typeof format === 'object' ? (format[graph.slice('onnx/'.length)] ?? format[name] ?? false) : format;
  return Array.from({ length: Number(own) }, (_, i) => `${graph}_data${i === 0 ? '' : `_${i}`}`);
}
