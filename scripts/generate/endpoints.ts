import { modelsSchema } from '../../server/src/inference/catalog/settings.ts';
import { ENDPOINT_FIELDS, endpointsSchema } from '../../server/src/inference/openai/settings.ts';
import { cell, fenced, notice } from './rule-pages.ts';

const EXAMPLE = {
  mini: {
    url: 'https://api.openai.com/v1',
    model: 'gpt-4o-mini',
    key: 'OPENAI_API_KEY',
    role: 'teacher',
    price: { input: 0.15, output: 0.6 },
  },
  rack: {
    url: ['http://10.0.0.1:8000/v1', 'http://10.0.0.2:8000/v1'],
    model: 'Qwen/Qwen2-VL-7B-Instruct',
    revision: 'eed13092ef92e448dd6875b2a00151bd3f7db0ac',
    concurrency: 32,
    n: true,
  },
};

/** The page on endpoints, from the table of their settings. */
export function endpointsPage(): string {
  const rows = ENDPOINT_FIELDS.map(
    ({ name, required, schema }) =>
      `| \`${name}\` | ${required ? 'yes' : ''} | ${cell(schema.description)} |`,
  );
  return `${notice('server/src/inference/openai/settings.ts')}
# Endpoints

A model that does not run on this machine, or runs in a server of its own, is asked through OpenAI's chat completions: vLLM, SGLang, Ollama, LM Studio, llama.cpp, OpenAI, Gemini's compatible address and others speak them. An endpoint has a name of your own, and its model is called by it everywhere: \`annotate --model mini\`, the Models view, runs.

Endpoints stand in the setting \`rationale.endpoints\`, or under \`endpoints\` in a file \`rationale.models.json\`: in VS Code in a folder of the workspace, on the command line in the present folder or one above it (where it reads the workspace settings too).

${fenced(JSON.stringify(EXAMPLE, null, 2), 'json')}

| setting | must be there | is |
| --- | --- | --- |
${rows.join('\n')}

## What is sent, and when

The texts and images of the records that you run, and nothing before you run them. VS Code asks once a workspace and host before anything leaves the machine. A workspace that is not trusted reaches no endpoint, and a redirect is not followed.

## Keys

\`key\` is the name of an environment variable. Where it is not set, VS Code asks for the key and keeps it in its secret storage, by host; *Rationale: Forget Endpoint Keys* forgets it. A key stands in no setting, log, run or message, not even when the endpoint repeats it.

## When things go wrong

| the endpoint | then |
| --- | --- |
| asks to wait (429, 503), with \`Retry-After\` or without | nothing is sent there for as long as it says, or for a time that doubles; other addresses go on |
| fails (5xx), breaks off, stays silent, answers with no completion | that request is asked again, five times at most, then fails alone |
| refuses a request (400, 413, 422) | that request fails, with the endpoint's own words |
| refuses the key, does not know the model, wants to be paid, answers with a web page | the run ends with one sentence, unless another address goes on |

Answers are stored as they come: a run that was stopped, or ended by itself, goes on where it was, and nothing is paid twice. Answers belong to the model's name, \`revision\` (without it, the addresses), \`imageSide\` and \`extra\`.
`;
}

/** The JSON Schema of \`rationale.models.json\`. */
export function modelsFileSchema(): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Models for Rationale',
    type: 'object',
    properties: {
      endpoints: {
        ...endpointsSchema(),
        description: 'Servers that speak OpenAI’s chat completions, by the name that their model then has.',
      },
      models: { ...modelsSchema(), description: 'Models that are added to the catalog, by id.' },
    },
    additionalProperties: false,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}
