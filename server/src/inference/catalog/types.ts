/** A model that people use, whether it is here or not. What is not known for certain is null. */
export interface CatalogEntry {
  /** What the user types. */
  readonly id: string;
  readonly name: string;
  /** `model_type` of its config.json; null: its weights are not to be had. */
  readonly family: string | null;
  /** Hugging Face repository of its weights. */
  readonly repository: string | null;
  /** Repository with its weights in ONNX, as transformers.js reads them. */
  readonly onnx: string | null;
  /** What servers that only serve it call it. */
  readonly served: readonly string[];
  /** Servers that are known to serve it; empty: none is; null: not looked up. */
  readonly servers: readonly Server[] | null;
  /** Day on which its makers shut it down, past or to come; null: none is announced. */
  readonly shutDown: string | null;
  /** Commit or tag of the repository that is meant; null: whatever stands there. */
  readonly revision: string | null;
  readonly licence: string | null;
  /** In millions. */
  readonly parameters: number | null;
  /** How it sees an image. */
  readonly image: string | null;
  /** Where the chat template comes from. */
  readonly template: 'repository' | 'server' | 'none';
  readonly stop: readonly string[] | null;
  /** How it comes to write the four stages; `none`: it writes no text. */
  readonly stages: 'trained' | 'asked' | 'none';
  readonly capabilities: Capabilities;
  /** Its repository has code of its own that would have to be run; where it runs without, that way is named. */
  readonly remoteCode: boolean;
  /** Where it is from: a paper and the place in it, or the document that describes it. */
  readonly source: string;
}

export type Server = 'vLLM' | 'SGLang' | 'transformers serve';

/** What can be had from a model, on whatever provider gives most. */
export interface Capabilities {
  readonly text: boolean;
  /** Probabilities of the tokens it generates. */
  readonly generated: boolean | null;
  /** Probabilities of a text that it is given. */
  readonly given: boolean | null;
  /** Everything before the choice of a token. */
  readonly logits: boolean;
  /** Choices scored in a mask's place. */
  readonly masked: boolean;
}

export type Precision = 'fp32' | 'bf16' | 'int8' | 'q4';

const BYTES: Readonly<Record<Precision, number>> = { fp32: 4, bf16: 2, int8: 1, q4: 0.5 };

/** Bytes of the weights alone: what runs needs more, for its cache and its images. Null when the size is not known. */
export function weightBytes({ parameters }: CatalogEntry, precision: Precision): number | null {
  return parameters === null ? null : parameters * 1e6 * BYTES[precision];
}
