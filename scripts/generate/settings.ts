import { applyEdits, modify } from 'jsonc-parser';
import type { Rule } from '../../server/src/core/annotations/types.ts';

const PATH = ['contributes', 'configuration', 'properties', 'rationale.rules'];

/** `package.json` with the settings block of the rules written into it; everything else stays as it is. */
export function withRuleSettings(packageJson: string, rules: readonly Rule[]): string {
  const block = settingsBlock(rules);
  const edits = modify(packageJson, PATH, block, { formattingOptions: { insertSpaces: true, tabSize: 2 } });
  return applyEdits(packageJson, edits);
}

function settingsBlock(rules: readonly Rule[]) {
  const properties = rules
    .toSorted((a, b) => (a.id < b.id ? -1 : 1))
    .map(({ id, severity, docs }) => [
      id,
      {
        type: 'string',
        enum: ['off', 'error', 'warning', 'information', 'hint'],
        default: severity,
        description: docs.what,
      },
    ]);
  return {
    type: 'object',
    additionalProperties: false,
    default: {},
    scope: 'resource',
    markdownDescription:
      'Which rules speak, and how severely: `"wrong-answer": "off"`. A rule that is not named has its own severity.',
    properties: Object.fromEntries(properties),
  };
}
