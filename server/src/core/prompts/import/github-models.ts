import { asMapping } from './dotprompt.ts';
import { handlebarsToJinja } from './handlebars.ts';
import type { Importer } from './imported.ts';
import { inWords, readMapping } from './yaml.ts';

const CARRIED = ['name', 'description', 'model', 'modelParameters', 'messages', 'responseFormat'];
const OPTIONS: Readonly<Record<string, string>> = {
  temperature: 'temperature',
  maxTokens: 'maxOutputTokens',
  maxCompletionTokens: 'maxOutputTokens',
  max_tokens: 'maxOutputTokens',
  topP: 'topP',
  top_p: 'topP',
};
const ROLES = ['system', 'user', 'assistant'];

/** The prompt files of GitHub Models: messages with `{{name}}` in them. */
export const githubModels: Importer = {
  id: 'github-models',
  title: 'GitHub Models',
  reads: (file) => /\.prompt\.ya?ml$/.test(file),
  read(text) {
    const yaml = readMapping(text);
    const { messages } = yaml;
    if (!Array.isArray(messages))
      throw new Error('The file has no messages: it should hold a list of them under "messages".');
    const notes: string[] = [];
    const body = messages.map((given, i) => {
      const { role, content } = asMapping(given);
      if (typeof content !== 'string' || !ROLES.includes(String(role))) {
        notes.push(`Not carried over: message ${i + 1}: ${inWords(given)}.`);
        return '';
      }
      const jinja = handlebarsToJinja(content);
      notes.push(...jinja.notes);
      return `${role}:\n${jinja.text.trim()}\n`;
    });
    const parameters = asMapping(yaml.modelParameters);
    const options = Object.fromEntries(
      Object.entries(parameters).flatMap(([key, value]) => (key in OPTIONS ? [[OPTIONS[key], value]] : [])),
    );
    const left = [
      ...Object.entries(yaml).filter(([key]) => !CARRIED.includes(key)),
      ...Object.entries(parameters)
        .filter(([key]) => !(key in OPTIONS))
        .map(([key, value]) => [`modelParameters.${key}`, value] as const),
    ];
    return {
      ...(typeof yaml.name === 'string' && { name: yaml.name }),
      ...(typeof yaml.description === 'string' && { description: yaml.description }),
      ...(typeof yaml.model === 'string' && { model: yaml.model }),
      ...(Object.keys(options).length > 0 && { options }),
      ...(/^json/.test(String(yaml.responseFormat ?? '')) && { rationale: { format: 'json' } }),
      body: body.filter((one) => one !== '').join('\n'),
      notes: [...notes, ...left.map(([key, value]) => `Not carried over: ${key}: ${inWords(value)}.`)],
    };
  },
};
