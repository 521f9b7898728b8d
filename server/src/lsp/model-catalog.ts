import { totalmem } from 'node:os';
import type { Model, ModelCard, ModelProvider, TokenCounter } from '../core/models/types.ts';
import {
  createProviders,
  type Placed,
  type ProviderOptions,
  placedCatalog,
  type Surroundings,
} from '../inference/index.ts';
import type { DeviceSetting } from '../protocol/settings.ts';

export interface OfferedModel {
  readonly provider: ModelProvider;
  readonly card: ModelCard;
}

/** Models that are there besides the shipped ones. */
export type AddedModels = Required<Omit<ProviderOptions, 'shippedModels' | 'device' | 'named'>>;

/** The models that can be asked for, and what is known of where they run. */
export class ModelCatalog {
  private readonly shippedModels: string;
  private readonly added: () => AddedModels;
  private readonly python: () => Surroundings['python'];
  /** By model: where it ran, and why not on a better device. */
  private readonly devices = new Map<string, Pick<Model, 'device' | 'passedOver'>>();
  /** By id and revision. */
  private readonly counters = new Map<string, Promise<TokenCounter | null>>();

  /**
   * @param shippedModels folder of the shipped models
   * @param added the students that were trained here and the endpoints that may be asked, as they are now
   * @param python the Python that would run models, as far as is known
   */
  constructor(shippedModels: string, added: () => AddedModels, python: () => Surroundings['python']) {
    this.python = python;
    this.shippedModels = shippedModels;
    this.added = added;
  }

  /** @param named what the user named besides the shipped ones: folders, or other ids that a provider understands */
  async list(device: DeviceSetting, named: readonly string[] = []): Promise<readonly OfferedModel[]> {
    const providers = createProviders({ shippedModels: this.shippedModels, device, named, ...this.added() });
    const lists = providers.map(async (provider) =>
      (await provider.list()).map((card) => ({ provider, card })),
    );
    return (await Promise.all(lists)).flat();
  }

  /** @throws Error whose message is one sentence, when there is no such model or it cannot run here */
  async find(id: string, device: DeviceSetting): Promise<OfferedModel> {
    const offered = await this.list(device, [id]);
    const found = offered.find(({ card }) => card.id === id);
    if (!found) {
      const known = offered.map(({ card }) => card.id).join(', ') || 'none';
      throw new Error(`There is no model "${id}": known are ${known}, or name a model folder.`);
    }
    if (found.card.unavailable) throw new Error(found.card.unavailable);
    return found;
  }

  /** What counts tokens for a model; null when its provider keeps them to itself. @throws Error with one sentence */
  async tokenCounter(id: string, device: DeviceSetting): Promise<TokenCounter | null> {
    const { provider, card } = await this.find(id, device);
    const key = `${id} ${card.revision}`;
    const known = this.counters.get(key) ?? provider.tokenCounter?.(card) ?? Promise.resolve(null);
    this.counters.set(key, known);
    return known;
  }

  async open({ provider, card }: OfferedModel, onNotice: (sentence: string) => void): Promise<Model> {
    const model = await provider.open(card, onNotice);
    this.devices.set(card.id, { device: model.device, passedOver: model.passedOver });
    return model;
  }

  /** What there is besides the shipped models, as it is now. */
  around(): AddedModels {
    return this.added();
  }

  /** The models of the catalog that are not at hand, and what it takes to run them. */
  catalog(): readonly Placed[] {
    const { endpoints, fetched, catalog } = this.added();
    const ids = new Set(fetched.map(({ id }) => id));
    const around = {
      endpoints,
      fetched: ids,
      memory: totalmem(),
      python: this.python(),
      today: new Date().toISOString().slice(0, 10),
    };
    return placedCatalog(catalog, around).filter(({ place }) => place !== 'here');
  }

  /** Where the model ran since the server started; null when it was not opened. */
  deviceOf(id: string): Pick<Model, 'device' | 'passedOver'> | null {
    return this.devices.get(id) ?? null;
  }
}
