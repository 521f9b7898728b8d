/** A prompt as a command and as a program that send it to an OpenAI-compatible endpoint. */
import type { Message } from './types.ts';

/** How people send a prompt by themselves. */
export const SNIPPETS = { curl: asCurl, python: asPython } as const;
export type SnippetLanguage = keyof typeof SNIPPETS;

export interface SnippetOptions {
  /** As the endpoint names it. */
  readonly model: string;
  /** `http://localhost:8000/v1`; the environment's OPENAI_BASE_URL goes before it. */
  readonly url: string;
  readonly maxNewTokens: number;
}

/** For bash and zsh: images are read when it runs, so that it stays short. */
function asCurl(messages: readonly Message[], { model, url, maxNewTokens }: SnippetOptions): string {
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
        `'"data:${mediaType(path)};base64,$(base64 < ${shellQuoted(path)} | tr -d '\\n')"'`,
      ),
    shellQuoted(body),
  );
  return [
    `curl "\${OPENAI_BASE_URL:-${url}}/chat/completions" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -H "Authorization: Bearer \${OPENAI_API_KEY:-none}" \\`,
    `  --data-binary @- <<< ${quoted}`,
    '',
  ].join('\n');
}

/** For Python with the package `openai`. */
function asPython(messages: readonly Message[], { model, url, maxNewTokens }: SnippetOptions): string {
  const paths = imagesOf(messages);
  const filled = paths.reduce(
    (text, path, index) =>
      text.replace(`"${slot(index)}"`, `image(${JSON.stringify(path)}, "${mediaType(path)}")`),
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
    'import os',
    '',
    'from openai import OpenAI',
    '',
    '',
    ...(paths.length > 0 ? image : []),
    'client = OpenAI(',
    `    base_url=os.environ.get("OPENAI_BASE_URL", ${JSON.stringify(url)}),`,
    '    api_key=os.environ.get("OPENAI_API_KEY", "none"),',
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
