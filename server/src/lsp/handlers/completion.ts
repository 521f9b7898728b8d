import { dirname, relative, sep } from 'node:path';
import { partialsNear } from '../../files/partials.ts';
import type { RequestHandler } from '../handler.ts';
import { pathOf } from '../open-document.ts';
import { completions } from '../prompt-view.ts';
import { completions as recipeCompletions } from '../recipe-view.ts';
import type { Session } from '../session.ts';

/** What can be written in a prompt file: variables within tags, keys and values of the front matter; in a recipe, its own. */
export const completion: RequestHandler<'textDocument/completion'> = async (
  { textDocument: { uri }, position },
  session,
) => {
  const recipe = session.recipes.open(uri);
  const prompt = session.prompts.open(uri);
  if (!prompt) return recipe && recipeCompletions(recipe, position);
  const models = await modelsOffered(session);
  const partials = partialsNear(pathOf(uri) ?? '').map((path) => [path, 'a file beside this one'] as const);
  const offers = { models, partials, datasets: datasetsOffered(uri, session) };
  return completions(prompt, position, offers, session.prompts.studiedIn(prompt));
};

async function modelsOffered({ models, device }: Session): Promise<(readonly [string, string])[]> {
  const offered = await models.list(device);
  return offered.map(({ card }) => [card.id, card.unavailable ?? card.description] as const);
}

/** The datasets near the file, as paths from its folder. */
function datasetsOffered(uri: string, { prompts }: Session): (readonly [string, string])[] {
  const folder = dirname(pathOf(uri) ?? '');
  return prompts.datasetsNear(uri).map((dataset) => {
    const way = relative(folder, dataset).replaceAll(sep, '/');
    return [way, 'a dataset near this file'] as const;
  });
}
