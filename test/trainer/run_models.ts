/**
 * Runs model folders through the onnx provider, for the tests of the trainer.
 * stdin: {folder: {newTokens, prompts: [{key, text, image: path or null}], scored: [[given, text]]}}; stdout: a JSON line
 * for each prediction, then one for each prompt with the log-probabilities of the scored texts' tokens.
 */
import { text } from 'node:stream/consumers';
import type { ModelRequest } from '../../server/src/core/models/types.ts';
import { createProviders } from '../../server/src/inference/index.ts';
import { shippedModels, textRequest } from '../server/inference-fixtures.ts';

interface Asked {
  readonly key: string;
  readonly text: string;
  readonly image: string | null;
}

const asked = JSON.parse(await text(process.stdin)) as Record<
  string,
  { newTokens: number; prompts: Asked[]; scored?: readonly (readonly [string, string])[] }
>;
for (const [folder, { newTokens, prompts, scored = [] }] of Object.entries(asked)) {
  const [provider] = createProviders({ shippedModels, device: 'cpu', named: [folder] });
  const card = (await provider?.list())?.find(({ id }) => id === folder);
  if (!provider || !card || card.unavailable) throw new Error(card?.unavailable ?? `There is no ${folder}.`);
  const counter = await provider.tokenCounter?.(card);
  const model = await provider.open(card, () => {});
  const requests: ModelRequest[] = prompts.map(({ key, text, image }) =>
    textRequest(key, text, image ?? undefined),
  );
  const decoding = { maxNewTokens: newTokens, temperature: 0 } as const;
  for await (const prediction of model.generate(requests, decoding, new AbortController().signal)) {
    const request = requests.find(({ key }) => key === prediction.key) as ModelRequest;
    console.log(JSON.stringify({ folder, ...prediction, counted: counter?.count(request.messages) }));
  }
  const texts = scored.map(([given, text]) => ({ given, text }));
  const asking = texts.length > 0 ? requests.map((request) => ({ ...request, texts })) : [];
  for await (const scores of model.score?.(asking, new AbortController().signal) ?? []) {
    const tokens = scores.texts.map((text) => text.tokens);
    console.log(JSON.stringify({ folder, key: scores.key, error: scores.error, tokens }));
  }
  await model.close();
}
