import { RULES } from './rules/index.ts';
import type { RuleSetting, RuleSettings, Severity } from './types.ts';

const SEVERITIES: readonly unknown[] = ['error', 'warning', 'information', 'hint', 'off'];

/** What a settings map says, and one sentence for each entry that says nothing. */
export interface ReadRuleSettings {
  readonly rules: RuleSettings;
  readonly problems: readonly string[];
}

/** Reads the value of `rationale.rules` as a person wrote it. What cannot be used leaves the rule its own setting. */
export function readRuleSettings(value: unknown): ReadRuleSettings {
  if (value === undefined) return { rules: {}, problems: [] };
  if (!isObject(value)) {
    return { rules: {}, problems: ['"rationale.rules" must be an object of settings by rule.'] };
  }
  const rules: Record<string, RuleSetting> = {};
  const problems: string[] = [];
  for (const [id, set] of Object.entries(value)) {
    const setting = readSetting(set);
    if (!RULES.some((rule) => rule.id === id)) problems.push(`"rationale.rules": there is no rule "${id}".`);
    else if (setting) rules[id] = setting;
    else
      problems.push(
        `"rationale.rules": "${id}" must be error, warning, information, hint or off, or an object of severity and threshold.`,
      );
  }
  return { rules, problems };
}

function readSetting(set: unknown): RuleSetting | null {
  if (isSeverity(set)) return set;
  if (!isObject(set)) return null;
  const { severity, threshold } = set;
  if (severity !== undefined && !isSeverity(severity)) return null;
  if (threshold !== undefined && !(typeof threshold === 'number' && Number.isFinite(threshold))) return null;
  return { severity, threshold };
}

function isSeverity(value: unknown): value is Severity | 'off' {
  return SEVERITIES.includes(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
