import type { OfferedVariable, PromptFile, TemplateUses } from '../../prompts/types.ts';
import { mainUse } from '../prompt-places.ts';
import type { Fix, PromptRule } from '../types.ts';

export const solutionLeak: PromptRule = {
  id: 'solution-leak',
  scope: 'prompt',
  severity: 'error',
  docs: {
    what: 'A template that asks for what its own setting withholds: the lecture or solution in a setting without it, or the gold answer without `gold: true`.',
    why: 'The template and the setting contradict each other. Rationale renders the field as nothing, so nothing leaks here; but the same template filled in by a script shows it, and the results are then reported for a setting that they are not of. A published "setting 1" has held the lecture for one of its models that way.',
    example:
      '---\nmetadata:\n  rationale:\n    setting: 1\n---\nuser:\nQuestion: {{ question }}\nLecture: {{ lecture }}',
    fix: 'Take the field out of the template, or name the setting that it belongs to; the quick fix does the latter.',
  },
  *check({ file, uses, offered }) {
    if (!uses) return;
    const asked = offered.filter(({ name, isWithheld }) => isWithheld && mainUse(uses, name));
    for (const variable of asked) {
      const span = mainUse(uses, variable.name)?.span;
      if (!span) continue;
      yield variable.tells === 'answer'
        ? { message: goldMessage(variable.name), span, fixes: [] }
        : { message: settingMessage(file, variable), span, fixes: settingFix(file, uses, offered) };
    }
  },
};

function goldMessage(name: string): string {
  return `The gold answer is withheld, so "${name}" renders as nothing: take it out, or say "gold: true" under metadata.rationale if this is a teacher's prompt.`;
}

function settingMessage({ setting, places }: PromptFile, { name, settings }: OfferedVariable): string {
  const which = places.setting ? `Setting ${setting}` : `No setting is named, and setting ${setting}`;
  return `${which} withholds the ${name}, so it renders as nothing: take it out, or name setting ${settings.join(' or ')}.`;
}

/** The first setting that offers all that the template asks for. */
function settingFix({ places }: PromptFile, uses: TemplateUses, offered: readonly OfferedVariable[]): Fix[] {
  const asked = offered.filter(({ name, tells }) => tells !== 'answer' && mainUse(uses, name));
  const [first, ...others] = asked.map(({ settings }) => settings);
  const setting = first?.find((one) => others.every((settings) => settings.includes(one)));
  if (!places.setting || setting === undefined) return [];
  return [{ title: `Name setting ${setting}`, edits: [{ span: places.setting, newText: String(setting) }] }];
}
