import { createHash } from 'node:crypto';
import type { Model, ModelCard, ModelProvider } from '../../core/models/types.ts';
import { type EndpointAccess, isLoopback } from './access.ts';
import { BACKOFF, type Backoff, Lane } from './lane.ts';
import { OpenAiModel } from './model.ts';
import type { Key } from './problems.ts';
import type { EndpointSettings } from './settings.ts';
import { constrainedForms } from './structured.ts';

export interface OpenAiOptions {
  readonly endpoints: readonly EndpointSettings[];
  readonly access: EndpointAccess;
  readonly backoff?: Backoff;
}

/** Models behind servers that speak OpenAI's chat completions: those that the user configured, and no other. */
export function openaiProvider(options: OpenAiOptions): ModelProvider {
  return {
    id: 'openai',
    list: async () => options.endpoints.map((endpoint) => cardOf(endpoint, options.access)),
    open: (card, onNotice) => open(card, options, onNotice),
  };
}

function cardOf(endpoint: EndpointSettings, { canAsk }: EndpointAccess): ModelCard {
  const { name, model, role, key } = endpoint;
  const hosts = hostsOf(endpoint);
  const where = hosts.every(isLoopback) ? 'on this machine' : 'which records are sent to';
  const card = {
    id: name,
    name: model,
    provider: 'openai',
    role,
    revision: revisionOf(endpoint),
    constrains: constrainedForms(endpoint),
    description: `${model} at ${hosts.join(', ')}, ${where}.`,
  };
  if (!key || canAsk || process.env[key]) return card;
  return { ...card, unavailable: `${name} needs a key: set the environment variable ${key}.` };
}

/**
 * Which weights answer, as far as can be told: what the user says, else where they are. What changes the answers
 * otherwise is part of it too.
 */
function revisionOf({ model, revision, urls, imageSide, extra }: EndpointSettings): string {
  const weights = revision ?? urls.toSorted();
  const parts = [model, weights, imageSide ?? null, extra ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function open(
  card: ModelCard,
  { endpoints, access, backoff = BACKOFF }: OpenAiOptions,
  onNotice: (sentence: string) => void,
): Promise<Model> {
  const settings = endpoints.find(({ name }) => name === card.id) as EndpointSettings;
  const destinations = hostsOf(settings).map((host) => {
    return { endpoint: card.id, host, key: settings.key ?? null };
  });
  const keys = new Map<string, Key>();
  for (const destination of destinations) {
    const value = await access.enter(destination);
    if (value !== null && settings.key) keys.set(destination.host, { name: settings.key, value });
  }
  const lanes = settings.urls.map(
    (url) => new Lane(url, settings, keys.get(new URL(url).host) ?? null, backoff),
  );
  return new OpenAiModel({
    card,
    lanes,
    concurrency: settings.concurrency,
    together: settings.n,
    onNotice,
    onKeyRefused: (host) => {
      for (const destination of destinations) if (destination.host === host) access.refused(destination);
    },
  });
}

function hostsOf({ urls }: EndpointSettings): string[] {
  return [...new Set(urls.map((url) => new URL(url).host))];
}
