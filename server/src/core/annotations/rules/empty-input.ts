import type { PromptFile, VariableUse } from '../../prompts/types.ts';
import { count } from '../../text.ts';
import type { Fix, PromptRule, Report } from '../types.ts';

export const emptyInput: PromptRule = {
  id: 'empty-input',
  scope: 'prompt',
  severity: 'hint',
  docs: {
    what: 'A field that the template shows for every record, although some records of the dataset leave it empty.',
    why: 'For those the model is asked with a heading over nothing, such as `Hint:` alone, which it was not told how to take.',
    example: '---\nname: unguarded\n---\nuser:\nQuestion: {{ question }}\nHint: {{ hint }}',
    fix: 'Put the line within `{% if … %}`; the quick fix does where the field stands on a line of its own.',
  },
  check({ file, uses, offered, records }) {
    if (!uses || !records) return [];
    return offered.flatMap(({ name, field, isWithheld }): Report[] => {
      const empty = records.empty.get(field) ?? 0;
      const own = uses.variables.filter((use) => use.name === name);
      const [first] = own;
      // Where it is asked whether it is there, what then stands in its place is meant.
      if (isWithheld || empty === 0 || !first || own.some(({ how }) => how !== 'shown')) return [];
      const having = `${empty} of ${count(records.total, 'record')} ${empty === 1 ? 'has' : 'have'} no ${field}`;
      const message = `${having}: put the line within "{% if ${name} %}", so that nothing stands there for them.`;
      return [{ message, span: first.span, fixes: own.length === 1 ? fixesFor(file, first) : [] }];
    });
  },
};

/** The whole line goes within a condition, when nothing else is asked for on it. */
function fixesFor({ template, bodyStart }: PromptFile, { name, tag }: VariableUse): Fix[] {
  const at = tag.start - bodyStart;
  const start = template.lastIndexOf('\n', at - 1) + 1;
  const [line = ''] = /.*/y.exec(template.slice(start)) ?? [];
  if (line.split(/\{[{%]/).length !== 2 || start + line.length < tag.end - bodyStart) return [];
  const lineEnd = template.includes('\r\n') ? '\r\n' : '\n';
  const end = bodyStart + start + line.trimEnd().length;
  const edits = [
    { span: { start: bodyStart + start, end: bodyStart + start }, newText: `{% if ${name} %}${lineEnd}` },
    { span: { start: end, end }, newText: `${lineEnd}{% endif %}` },
  ];
  return [{ title: `Show it only where there is a ${name}`, edits, preferred: true }];
}
