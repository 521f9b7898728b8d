/** A prompt as a command and as a program that send it to an OpenAI-compatible endpoint. */
import type { Message } from './types.ts';

/** How people send a prompt by themselves. */
export const SNIPPETS = { curl: asCurl, python: asPython } as const;
export type SnippetLanguage = keyof typeof SNIPPETS;

export interface SnippetEndpoint {
  /** Up to and with `/v1`. */
  readonly url: string;
  /** The environment variable that holds its key; null: it takes none. */
  readonly key: string | null;
}

export interface SnippetOptions {
  /** As the endpoint names it. */
  readonly model: string;
  /** The endpoint; null: the one that the environment's OPENAI_BASE_URL names, or else a server on this machine. */
  readonly endpoint: SnippetEndpoint | null;
  readonly maxNewTokens: number;
}

const PATH = '/chat/completions';
const URL_VARIABLE = 'OPENAI_BASE_URL';
/** Where servers of open models listen unless they are told otherwise, as vLLM does. */
const USUAL_URL = 'http://localhost:8000/v1';

/** The environment variable of the key; null: none is needed. */
function keyOf({ endpoint }: SnippetOptions): string | null {
  return endpoint ? endpoint.key : 'OPENAI_API_KEY';
}

/** For bash and zsh: images are read when it runs, so that it stays short. */
function asCurl(messages: readonly Message[], options: SnippetOptions): string {
  const { model, endpoint, maxNewTokens } = options;
  const key = keyOf(options);
  const body = JSON.stringify(
    { model, max_tokens: maxNewTokens, temperature: 0, messages: messages.map(messageOf) },
    null,
    2,
  );
  const paths = imagesOf(messages);
  // Within double quotes of the shell stands what it is to fill in; all else is quoted whole.
  const quoted = paths.reduce(
    (text, path, index) =>
      text.replace(
        slot(index),
        () => `'"data:${mediaType(path)};base64,$(base64 < ${shellQuoted(path)} | tr -d '\\n')"'`,
      ),
    shellQuoted(body),
  );
  return [
    `curl ${endpoint ? shellQuoted(endpoint.url + PATH) : `"\${${URL_VARIABLE}:-${USUAL_URL}}${PATH}"`} \\`,
    `  -H 'Content-Type: application/json' \\`,
    ...(key === null ? [] : [`  -H "Authorization: Bearer \${${key}:-none}" \\`]),
    `  --data-binary @- <<< ${quoted}`,
    '',
  ].join('\n');
}

/** For Python with the package `openai`. */
function asPython(messages: readonly Message[], options: SnippetOptions): string {
  const { model, endpoint, maxNewTokens } = options;
  const key = keyOf(options);
  const paths = imagesOf(messages);
  const filled = paths.reduce(
    (text, path, index) =>
      text.replace(`"${slot(index)}"`, () => `image(${JSON.stringify(path)}, "${mediaType(path)}")`),
    JSON.stringify(messages.map(messageOf), null, 4),
  );
  const image = [
    'def image(path, kind):',
    '    with open(path, "rb") as file:',
    '        return f"data:{kind};base64,{base64.b64encode(file.read()).decode()}"',
    '',
    '',
  ];
  return [
    ...(paths.length > 0 ? ['import base64'] : []),
    ...(endpoint && key === null ? [] : ['import os']),
    '',
    'from openai import OpenAI',
    '',
    '',
    ...(paths.length > 0 ? image : []),
    'client = OpenAI(',
    endpoint
      ? `    base_url=${JSON.stringify(endpoint.url)},`
      : `    base_url=os.environ.get("${URL_VARIABLE}", "${USUAL_URL}"),`,
    key === null ? '    api_key="none",' : `    api_key=os.environ.get("${key}", "none"),`,
    ')',
    'completion = client.chat.completions.create(',
    `    model=${JSON.stringify(model)},`,
    `    max_tokens=${maxNewTokens},`,
    '    temperature=0,',
    `    messages=${filled.replaceAll('\n', '\n    ')},`,
    ')',
    'print(completion.choices[0].message.content)',
    '',
  ].join('\n');
}

/** In the Chat Completions format; a message of text alone is written as one text. */
function messageOf({ role, content }: Message, index: number, all: readonly Message[]) {
  if (content.every(({ type }) => type === 'text')) {
    return { role, content: content.map((part) => (part.type === 'text' ? part.text : '')).join('\n') };
  }
  let next = imagesOf(all.slice(0, index)).length;
  return {
    role,
    content: content.map((part) =>
      part.type === 'text' ? part : { type: 'image_url', image_url: { url: slot(next++) } },
    ),
  };
}

function imagesOf(messages: readonly Message[]): string[] {
  return messages.flatMap(({ content }) =>
    content.flatMap((part) => (part.type === 'image' ? [part.path] : [])),
  );
}

// A noncharacter: no prompt holds it.
function slot(index: number): string {
  return `\uFDD5${index}\uFDD5`;
}

function mediaType(path: string): string {
  const [extension = ''] = /[^.]*$/.exec(path.toLowerCase()) ?? [];
  return `image/${extension === 'jpg' ? 'jpeg' : extension}`;
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
