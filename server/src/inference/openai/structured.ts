import type { Constraint } from '../../core/models/types.ts';
import type { EndpointSettings } from './settings.ts';

type Structured = NonNullable<EndpointSettings['structured']>;

/** What servers of each kind can hold an output to. */
const KINDS: Readonly<Record<Structured, readonly Constraint['kind'][]>> = {
  response_format: ['json'],
  structured_outputs: ['choice', 'json', 'regex'],
  guided: ['choice', 'json', 'regex'],
};

export function constrainedKinds({ structured }: EndpointSettings): readonly Constraint['kind'][] {
  return structured ? KINDS[structured] : [];
}

/** The part of a request that holds its output to something. */
export function structuredPart(
  structured: EndpointSettings['structured'],
  constraint: Constraint | undefined,
): Record<string, unknown> {
  if (!structured || !constraint) return {};
  const what = wireForm(constraint);
  switch (structured) {
    case 'response_format':
      return {
        response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema: what } },
      };
    case 'structured_outputs':
      return { structured_outputs: { [constraint.kind]: what } };
    case 'guided':
      return { [`guided_${constraint.kind}`]: what };
  }
}

function wireForm(constraint: Constraint): unknown {
  switch (constraint.kind) {
    case 'choice':
      return constraint.choices;
    case 'json':
      return constraint.schema;
    case 'regex':
      return constraint.pattern;
  }
}
