import type { Connection } from 'vscode-languageserver/node';
import { readRuleSettings } from '../core/annotations/rule-settings.ts';
import { DEVICE_SETTINGS } from '../inference/index.ts';
import { type OutputsSetting, SETTINGS_SECTION, type Settings } from '../protocol/settings.ts';

export const DEFAULT_SETTINGS: Settings = {
  rules: {},
  device: 'auto',
  constrained: false,
  inlayHints: true,
  storePath: '',
  python: '',
  sbatch: [],
  outputs: {},
  fields: {},
  endpoints: {},
  models: {},
  remoteCode: [],
};

/** Reads what the client says the user set. What is absent or of the wrong type keeps its default. */
export function readSettings(value: unknown): Settings {
  const given = isObject(value) ? value : {};
  const { device, constrained, inlayHints, storePath, python, sbatch } = given;
  return {
    rules: readRuleSettings(given.rules).rules,
    outputs: readOutputs(given.outputs),
    fields: isObject(given.fields) ? (given.fields as Settings['fields']) : DEFAULT_SETTINGS.fields,
    models: isObject(given.models) ? given.models : DEFAULT_SETTINGS.models,
    endpoints: isObject(given.endpoints) ? given.endpoints : DEFAULT_SETTINGS.endpoints,
    remoteCode: given.remoteCode ?? DEFAULT_SETTINGS.remoteCode,
    device: DEVICE_SETTINGS.find((one) => one === device) ?? DEFAULT_SETTINGS.device,
    constrained: constrained === true,
    inlayHints: typeof inlayHints === 'boolean' ? inlayHints : DEFAULT_SETTINGS.inlayHints,
    python: typeof python === 'string' ? python.trim() : DEFAULT_SETTINGS.python,
    sbatch: Array.isArray(sbatch) ? sbatch.map(String) : DEFAULT_SETTINGS.sbatch,
    storePath: typeof storePath === 'string' ? storePath.trim() : DEFAULT_SETTINGS.storePath,
  };
}

function readOutputs(value: unknown): Settings['outputs'] {
  const outputs: Record<string, OutputsSetting> = {};
  for (const [pattern, set] of Object.entries(isObject(value) ? value : {})) {
    if (typeof set === 'string') outputs[pattern] = set;
    if (!isObject(set)) continue;
    const { dataset, indexBase } = set;
    outputs[pattern] = {
      dataset: typeof dataset === 'string' ? dataset : undefined,
      indexBase: indexBase === 0 || indexBase === 1 ? indexBase : undefined,
    };
  }
  return outputs;
}

/** Asks the client for the settings; a client that cannot be asked pushes them, or has none. */
export async function pullSettings(connection: Connection): Promise<Settings> {
  return readSettings(await connection.workspace.getConfiguration(SETTINGS_SECTION));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
