import type { PromptFile, TemplateUses, VariableUse } from '../prompts/types.ts';
import type { Span } from '../span.ts';

/** The first line of the template that says something: where a finding stands that is about all of it. */
export function firstLine({ template, bodyStart }: PromptFile): Span {
  const start = Math.max(0, template.search(/\S/));
  const [line = ''] = /.*/y.exec(template.slice(start)) ?? [];
  return { start: bodyStart + start, end: bodyStart + start + line.trimEnd().length };
}

/** Where the template shows the variable; where it only asks for it when it nowhere does. */
export function mainUse({ variables }: TemplateUses, name: string): VariableUse | undefined {
  const uses = variables.filter((use) => use.name === name);
  return uses.find(({ how }) => how === 'shown') ?? uses[0];
}
