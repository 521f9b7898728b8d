import { formOf, written } from '../../core/grammars/forms.ts';
import type { Grammar, GrammarForm } from '../../core/grammars/types.ts';
import type { EndpointSettings } from './settings.ts';

type Structured = NonNullable<EndpointSettings['structured']>;

/** What servers of each kind can hold an output to. */
const FORMS: Readonly<Record<Structured, readonly GrammarForm[]>> = {
  response_format: ['json'],
  structured_outputs: ['choice', 'json', 'regex'],
  guided: ['choice', 'json', 'regex'],
};

export function constrainedForms({ structured }: EndpointSettings): readonly GrammarForm[] {
  return structured ? FORMS[structured] : [];
}

/** The part of a request that holds its output to something. */
export function structuredPart(
  structured: EndpointSettings['structured'],
  constraint: Grammar | undefined,
): Record<string, unknown> {
  if (!structured || !constraint) return {};
  const form = formOf(constraint);
  const what = written(constraint);
  switch (structured) {
    case 'response_format':
      return {
        response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: what } },
      };
    case 'structured_outputs':
      return { structured_outputs: { [form]: what } };
    case 'guided':
      return { [`guided_${form}`]: what };
  }
}
