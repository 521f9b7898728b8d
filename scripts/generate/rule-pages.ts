import type { Rule } from '../../server/src/core/annotations/types.ts';

const SCOPES = {
  record: { title: 'Records', says: 'what the dataset says, without any model' },
  prompt: { title: 'Prompts', says: 'what a prompt file asks, before any model is asked' },
  recipe: { title: 'Recipes', says: 'what a training is told, before anything is trained' },
  output: { title: 'Outputs', says: 'what a model made of a record' },
  table: { title: 'Tables of results', says: 'the numbers of a CSV or Markdown table' },
} as const;

/** The page of a rule, the same text that the hover on its findings shows. */
export function rulePage(rule: Rule): string {
  const { id, scope, severity, docs } = rule;
  return `${notice(`server/src/core/annotations/rules/${id}.ts`)}
# ${id}

${docs.what}

Looks at: ${SCOPES[scope].says}. Severity: ${severity}.

## Why it matters

${docs.why}

## Example

${fenced(docs.example, docs.example.trimStart().startsWith('{') || docs.example.startsWith('"') ? 'json' : 'text')}

## What to do

${docs.fix}

## Setting

${fenced(`"rationale.rules": { "${id}": "off" }`, 'json')}

\`off\`, \`error\`, \`warning\`, \`information\` or \`hint\`.
${thresholdText(rule)}`;
}

function thresholdText({ id, severity, threshold }: Rule): string {
  if (!threshold) return '';
  const { what, default: own, minimum, maximum } = threshold;
  const setting = `"rationale.rules": { "${id}": { "severity": "${severity}", "threshold": ${own} } }`;
  return `\n${fenced(setting, 'json')}\n\nThreshold: ${what} From ${minimum} to ${maximum}; ${own} when it is not set.\n`;
}

/** The table of all rules, by what they look at. */
export function ruleIndex(rules: readonly Rule[]): string {
  const sections = Object.entries(SCOPES).map(([scope, { title, says }]) => {
    const rows = rules
      .filter((rule) => rule.scope === scope)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, severity, docs }) => `| [${id}](${id}.md) | ${severity} | ${cell(docs.what)} |`);
    return `## ${title}: ${says}\n\n| rule | severity | finds |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  });
  return `${notice('server/src/core/annotations/rules/')}
# Rules

Each rule is switched or given another severity by one setting, \`rationale.rules\`; some have a threshold as well.

${sections.join('\n')}`;
}

/** The first line of every generated page. */
export function notice(source: string): string {
  return `<!-- Written by \`npm run generate\` from ${source}; changes here are lost. -->\n`;
}

/** Text in a table cell. */
export function cell(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

/** A code block whose fence is longer than any in the text. */
export function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...Array.from(text.matchAll(/`+/g), ([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
