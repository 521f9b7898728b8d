import type { Connection } from 'vscode-languageserver/node';
import { type RuleSeverity, SETTINGS_SECTION, type Settings } from '../protocol/settings.ts';

export const DEFAULT_SETTINGS: Settings = { rules: {}, device: 'auto', inlayHints: true, storePath: '' };

const SEVERITIES: readonly unknown[] = ['error', 'warning', 'information', 'hint', 'off'];

/** Reads what the client says the user set. What is absent or of the wrong type keeps its default. */
export function readSettings(value: unknown): Settings {
  const given = isObject(value) ? value : {};
  const rules = Object.entries(isObject(given.rules) ? given.rules : {}).filter(
    (entry): entry is [string, RuleSeverity] => SEVERITIES.includes(entry[1]),
  );
  const { device, inlayHints, storePath } = given;
  return {
    rules: Object.fromEntries(rules),
    device: device === 'cpu' || device === 'webgpu' ? device : DEFAULT_SETTINGS.device,
    inlayHints: typeof inlayHints === 'boolean' ? inlayHints : DEFAULT_SETTINGS.inlayHints,
    storePath: typeof storePath === 'string' ? storePath.trim() : DEFAULT_SETTINGS.storePath,
  };
}

/** Asks the client for the settings; a client that cannot be asked pushes them, or has none. */
export async function pullSettings(connection: Connection): Promise<Settings> {
  return readSettings(await connection.workspace.getConfiguration(SETTINGS_SECTION));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
