import { asMapping } from './dotprompt.ts';
import type { Importer } from './imported.ts';
import { CodeReference, inWords, readMapping } from './yaml.ts';

const CARRIED = [
  ...[
    'task',
    'description',
    'test_split',
    'validation_split',
    'training_split',
    'fewshot_split',
    'num_fewshot',
  ],
  ...['doc_to_text', 'doc_to_target', 'doc_to_visual', 'doc_to_image', 'generation_kwargs', 'output_type'],
];
/** Of no consequence for what a model is asked. */
const OF_NO_MATTER = [
  'task_alias',
  'tag',
  'group',
  'metadata',
  'metric_list',
  'filter_list',
  'dataset_kwargs',
  'repeats',
];
/** Python functions of lmms-eval whose prompts are shipped. */
const SHIPPED: Readonly<Record<string, string>> = { 'utils.sqa_doc_to_text': 'lmms-eval-scienceqa' };

/** Task files of lm-evaluation-harness and lmms-eval: Jinja over the fields of a dataset, or Python functions. */
export const harnessTask: Importer = {
  id: 'harness-task',
  title: 'an lm-eval or lmms-eval task',
  reads: (file, text) => /\.ya?ml$/.test(file) && /^(?:doc_to_text|output_type|task|include)\s*:/m.test(text),
  read(text) {
    const yaml = readMapping(text);
    const notes: string[] = [];
    const told = (key: string) => notes.push(`Not carried over: ${key}: ${inWords(yaml[key])}.`);
    for (const key of Object.keys(yaml)) if (![...CARRIED, ...OF_NO_MATTER].includes(key)) told(key);
    if (yaml.include !== undefined)
      notes.push(`What ${inWords(yaml.include)} says is not in this file: import it as well.`);
    const isRanked =
      yaml.output_type === 'multiple_choice' || String(yaml.output_type).startsWith('loglikelihood');
    if (isRanked) {
      notes.push(
        `It is scored by how likely each choice is (output_type: ${yaml.output_type}); here the model writes its answer.`,
      );
    }
    const asked = template(yaml.doc_to_text, 'doc_to_text', notes);
    const target =
      yaml.doc_to_target instanceof CodeReference
        ? null
        : template(yaml.doc_to_target, 'doc_to_target', notes);
    if (yaml.doc_to_target instanceof CodeReference) told('doc_to_target');
    const count = typeof yaml.num_fewshot === 'number' ? yaml.num_fewshot : 0;
    const shownFrom = yaml.fewshot_split ?? yaml.training_split;
    const showsImage = yaml.doc_to_visual !== undefined || yaml.doc_to_image !== undefined;
    if (showsImage)
      notes.push(
        `The image is the record's own, in place of ${inWords(yaml.doc_to_visual ?? yaml.doc_to_image)}.`,
      );
    const split = yaml.test_split ?? yaml.validation_split;
    return {
      ...(typeof yaml.task === 'string' && { name: yaml.task }),
      options: optionsOf(asMapping(yaml.generation_kwargs), notes),
      ...(showsImage && { inputs: { image: { kind: 'image' } } }),
      rationale: {
        ...(typeof split === 'string' && { split }),
        format: 'letter',
        ...(count > 0 && {
          demonstrations: {
            count,
            by: 'any',
            ...(typeof shownFrom === 'string' && { split: shownFrom }),
            ...(target && { answer: target }),
          },
        }),
      },
      body: [
        ...(typeof yaml.description === 'string' && yaml.description.trim() !== ''
          ? [`system:\n${yaml.description.trim()}\n`]
          : []),
        `user:\n${showsImage ? '{{ image }}\n' : ''}${asked ?? ''}`,
      ].join('\n'),
      notes,
    };
  },
};

/** Jinja, or the name of a field; of a Python function, a template that says that it cannot be run. */
function template(value: unknown, key: string, notes: string[]): string | null {
  if (value instanceof CodeReference) {
    const shipped = SHIPPED[value.name];
    notes.push(
      `${key} is Python code, !function ${value.name}, and is not run: write in Jinja what it asks${shipped ? `, or use the preset ${shipped}, which asks the same` : ''}.`,
    );
    return `{# ${key}: !function ${value.name} #}\n{{ raise_exception("${key} is Python code (!function ${value.name}), which is not run: write in Jinja what it asks.") }}`;
  }
  if (typeof value !== 'string') return null;
  return /^[A-Za-z_]\w*$/.test(value.trim()) ? `{{ ${value.trim()} }}` : value;
}

function optionsOf(kwargs: Record<string, unknown>, notes: string[]): Record<string, unknown> | undefined {
  const { max_new_tokens, max_gen_toks, temperature, until, do_sample: _greedy, ...others } = kwargs;
  for (const [key, value] of Object.entries(others))
    notes.push(`Not carried over: generation_kwargs.${key}: ${inWords(value)}.`);
  const most = max_new_tokens ?? max_gen_toks;
  const options = {
    ...(typeof most === 'number' && { maxOutputTokens: most }),
    ...(typeof temperature === 'number' && { temperature }),
    ...(until !== undefined && { stopSequences: Array.isArray(until) ? until : [until] }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}
