import { quote } from '../../text.ts';
import type { PromptRule } from '../types.ts';

/** Names that are shown; more are counted. */
const MOST_NAMED = 3;

export const promptyV1: PromptRule = {
  id: 'prompty-v1',
  scope: 'prompt',
  severity: 'information',
  docs: {
    what: 'Front matter in the words of the first version of Prompty: `model.api`, `model.configuration`, `model.parameters`, `sample`, an input’s `type`.',
    why: 'It is read here, but tools that know only the second version lose what stands there: the model, its bounds, the inputs’ types.',
    example: '---\nmodel:\n  api: chat\n  parameters:\n    max_tokens: 100\n---\nuser:\n{{ question }}',
    fix: 'The quick fix writes the front matter as version 2 does, comments and order kept, and shows images by declared inputs instead of links.',
  },
  check({ file, asVersionTwo }) {
    const [first, ...more] = file.oldKeys;
    if (!first) return [];
    const names = [first, ...more].slice(0, MOST_NAMED).map(({ name }) => quote(name, 40));
    const others = file.oldKeys.length > MOST_NAMED ? ` and ${file.oldKeys.length - MOST_NAMED} more` : '';
    const fix = { title: 'Write it as Prompty 2', edits: asVersionTwo(), preferred: true };
    const message = `${names.join(', ')}${others}: version 2 of Prompty writes this otherwise.`;
    return [{ message, span: first.span, fixes: [fix] }];
  },
};
