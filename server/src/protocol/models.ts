/** What client and server say to each other about models, and the endpoints they are behind. */

/** Shipped models, then the user's. */
export interface ModelsResult {
  readonly models: readonly ModelRow[];
  /** Models that people use and that are not at hand. */
  readonly catalog: readonly CatalogRow[];
}

export interface CatalogRow {
  readonly id: string;
  readonly name: string;
  /** `needs an endpoint`, `once fetched`. */
  readonly place: string;
  /** One sentence: why, and what to do. */
  readonly why: string;
  /** What is known of it, name by name. */
  readonly details: readonly (readonly [name: string, value: string])[];
  /** It runs here once it is fetched. */
  readonly canFetch: boolean;
}

export interface PlanFetchParams {
  /** A `CatalogRow.id`. */
  readonly model: string;
}

/** What a fetch would bring: nothing large is fetched before somebody has seen this. */
export interface PlanFetchResult {
  /** `owner/name (210 MB in 12 files, licence MIT) from https://… into …` */
  readonly what: string;
  readonly bytes: number;
}

/** Fetches a model, showing its progress; broken off, it goes on the next time. */
export interface FetchModelParams {
  readonly model: string;
  readonly workDoneToken?: string | number;
}

export interface FetchModelResult {
  /** A `ModelRow.id`; null where it was cancelled. */
  readonly id: string | null;
}

/** Model servers on this machine. They are looked for whenever this is asked; none in a workspace that is not trusted. */
export interface LocalServersResult {
  readonly servers: readonly LocalServerRow[];
}

export interface LocalServerRow {
  /** What usually answers there: `Ollama`. */
  readonly name: string;
  readonly url: string;
  readonly models: readonly string[];
}

export interface ModelRow {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  readonly description: string;
  /** The device it runs on (`WebGPU (NVIDIA H200)`), as found by running it; null: not opened yet. */
  readonly device: string | null;
  /** Why it is not a better device, a sentence for each of these. */
  readonly passedOver: readonly string[];
  /** What its outputs can be held to: `any format`; `a letter, a JSON object`; `nothing`. */
  readonly heldTo: string;
  /** Null, or one sentence that says why it cannot run here. */
  readonly unavailable: string | null;
}

/** Something is to be sent to an endpoint that the user configured, and the user has to agree or to give a key. */
export interface EndpointAccessParams {
  /** What the user calls it. */
  readonly endpoint: string;
  /** Host and port. */
  readonly host: string;
  /** Name of the key that is wanted, an environment variable; null: none, or the server has it. */
  readonly key: string | null;
  /** The endpoint did not take the key that was given last. */
  readonly refused: boolean;
}

export interface EndpointAccessResult {
  readonly allowed: boolean;
  /** The key itself, which the server passes on to the endpoint and keeps nowhere. */
  readonly key: string | null;
}
