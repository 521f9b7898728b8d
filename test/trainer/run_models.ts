/**
 * Runs model folders through the onnx provider, for the tests of the trainer.
 * stdin: {folder: [{key, text, image: path or null}]}; stdout: a JSON line for each prediction.
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
  { newTokens: number; prompts: Asked[] }
>;
for (const [folder, { newTokens, prompts }] of Object.entries(asked)) {
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
  await model.close();
}
