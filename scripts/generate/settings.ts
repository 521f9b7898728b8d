import { applyEdits, modify } from 'jsonc-parser';
import type { Rule } from '../../server/src/core/annotations/types.ts';
import { modelsSchema } from '../../server/src/inference/catalog/settings.ts';
import { DEVICE_SETTINGS } from '../../server/src/inference/onnx/devices/choose.ts';
import { DEVICE_KINDS, DEVICES } from '../../server/src/inference/onnx/devices/table.ts';
import { endpointsSchema } from '../../server/src/inference/openai/settings.ts';

const PATH = ['contributes', 'configuration', 'properties'];

/** `package.json` with the settings of rules and endpoints written into it; everything else stays as it is. */
export function withSettings(packageJson: string, rules: readonly Rule[]): string {
  const blocks = {
    'rationale.device': deviceBlock(),
    'rationale.rules': settingsBlock(rules),
    'rationale.endpoints': endpointsBlock(),
    'rationale.models': modelsBlock(),
  };
  return Object.entries(blocks).reduce((text, [name, block]) => withSetting(text, name, block), packageJson);
}

function withSetting(packageJson: string, name: string, block: object): string {
  const edits = modify(packageJson, [...PATH, name], block, {
    formattingOptions: { insertSpaces: true, tabSize: 2 },
  });
  return applyEdits(packageJson, edits);
}

function deviceBlock() {
  return {
    type: 'string',
    enum: DEVICE_SETTINGS,
    enumDescriptions: [
      'The best device that works here and is clearly faster than the processor.',
      ...DEVICE_KINDS.map((kind) => DEVICES[kind].description),
    ],
    default: 'auto',
    scope: 'machine-overridable',
    description:
      'Where local models run. The Models view shows the device really used, and why better ones were passed over. A device that is chosen here is not replaced by another. Models that run with Python know auto, cuda and cpu.',
  };
}

function modelsBlock() {
  return {
    ...modelsSchema(),
    default: {},
    scope: 'window',
    markdownDescription:
      'Models that are added to the catalog, by id: `"mine": {"onnx": "me/my-model-onnx", "family": "smolvlm", "parameters": 256}`. The Models view then says what it takes to run them.',
  };
}

function endpointsBlock() {
  return {
    ...endpointsSchema(),
    default: {},
    scope: 'window',
    markdownDescription:
      'Servers that speak OpenAI’s chat completions, by the name that their model then has: `"mini": {"url": "https://api.openai.com/v1", "model": "gpt-4o-mini", "key": "OPENAI_API_KEY"}`. Records are sent there only when you run that model, after you have allowed it once.',
  };
}

const SEVERITIES = ['off', 'error', 'warning', 'information', 'hint'];

function settingsBlock(rules: readonly Rule[]) {
  const properties = rules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => [rule.id, settingOf(rule)]);
  return {
    type: 'object',
    additionalProperties: false,
    default: {},
    scope: 'resource',
    markdownDescription:
      'Which rules speak, how severely, and from what on: `"wrong-answer": "off"`, `"repetition": { "severity": "hint", "threshold": 6 }`. What is not named is the rule\'s own.',
    properties: Object.fromEntries(properties),
  };
}

/** A severity; for a rule with a threshold also an object of both. */
function settingOf({ severity, threshold, docs }: Rule) {
  const own = { type: 'string', enum: SEVERITIES, default: severity };
  if (!threshold) return { ...own, description: docs.what };
  const { what, ...bounds } = threshold;
  return {
    anyOf: [
      own,
      {
        type: 'object',
        additionalProperties: false,
        properties: { severity: own, threshold: { type: 'number', ...bounds, description: what } },
      },
    ],
    default: severity,
    description: docs.what,
  };
}
