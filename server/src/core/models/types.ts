import type { Grammar, GrammarForm } from '../grammars/types.ts';
import type { Message, Setting } from '../prompts/types.ts';

/** How tokens are chosen. The same prompt, weights, decoding and sample give the same output. */
export interface Decoding {
  /** Upper bound of generated tokens, end token included. */
  readonly maxNewTokens: number;
  /** 0: the likeliest token each time; what follows then stays absent. */
  readonly temperature: number;
  /** Tokens are drawn from the likeliest ones that together have this probability (Holtzman et al., 2020); absent: from all. */
  readonly topP?: number;
  /** What the draws depend on, with the prompt and the sample's number; absent: 0. */
  readonly seed?: number;
  /** Answers that a run takes of each record; absent: 1. */
  readonly samples?: number;
  /** The model is held to what its prompt asks the output to look like; absent: it is only asked. */
  readonly constrained?: true;
}

/** A prompt file that a model was trained with. */
export interface TrainedPrompt {
  readonly name: string;
  readonly setting: Setting;
  /** The body of the file, as it was. */
  readonly template: string;
}

/** What is known of a model before it is opened. */
export interface ModelCard {
  /** What the user types: `sketchbook-teacher`, or the path of a model folder. */
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly role: 'teacher' | 'student' | 'base' | 'other';
  /** Folder of the weights, absolute. */
  readonly folder?: string;
  /** Content address of the weights; part of every stored prediction's key. */
  readonly revision: string;
  readonly description: string;
  /** The prompts that it was trained with, where its folder says. */
  readonly trainedWith?: readonly TrainedPrompt[];
  /** What its outputs can be held to; absent: to nothing. */
  readonly constrains?: readonly GrammarForm[];
  /** It can tell how likely texts are that it did not write; absent: it cannot. */
  readonly scores?: true;
  /** It writes nothing: it scores the record's choices, which its requests bring, and says which is the likeliest. */
  readonly scoresChoices?: true;
  /** Set when the model cannot run here: one clear sentence. */
  readonly unavailable?: string;
}

/** One prompt, ready to run: image parts resolved to absolute paths. */
export interface ModelRequest {
  /** Content key of the prediction (core/store/keys.ts). */
  readonly key: string;
  readonly messages: readonly Message[];
  /** Which of the record's samples this is, counted from 0; absent: 0. */
  readonly sample?: number;
  /** The choices' texts, for a model that scores them. */
  readonly choices?: readonly string[];
  /** What the output is held to; absent: to nothing. */
  readonly constraint?: Grammar;
}

export interface Usage {
  /** Tokens of the prompt, image tokens included. */
  readonly promptTokens: number;
  readonly imageTokens: number;
  readonly outputTokens: number;
  /** What the request cost, in the currency of the endpoint's prices; absent where nothing is paid. */
  readonly cost?: number;
}

/** A model's raw output and how it was made. A request that failed has an error and no output. */
export interface Prediction {
  readonly key: string;
  readonly output: string;
  /** `stop`: the model ended; `length`: cut at `maxNewTokens`; `error`: see `error`; `unknown`: made elsewhere. */
  readonly finishReason: 'stop' | 'length' | 'error' | 'unknown';
  readonly usage: Usage;
  /** Sum of the natural logarithms of the output's tokens' probabilities, where the provider tells. */
  readonly logProbability?: number;
  /** One sentence, when the request failed. */
  readonly error?: string;
  /** The zero-based choice that a person read from the output; it goes before any reader. */
  readonly mapped?: number;
}

/** A text whose probability is asked for. */
export interface ScoredText {
  /** What the model has said of its answer before. */
  readonly given: string;
  readonly text: string;
}

/** Texts that are scored as answers to one prompt. */
export interface ScoreRequest {
  readonly key: string;
  readonly messages: readonly Message[];
  readonly texts: readonly ScoredText[];
}

/** How likely a text is: natural logarithms of the probabilities of its tokens, each given all before it. */
export interface TextScore {
  /** Their sum. */
  readonly logProbability: number;
  readonly tokens: readonly number[];
}

/** The scores of a request's texts, in their order; none and an error when it failed. */
export interface Scores {
  readonly key: string;
  readonly texts: readonly TextScore[];
  /** One sentence. */
  readonly error?: string;
}

/** What a model has written so far of an answer. */
export interface PartialOutput {
  readonly key: string;
  /** All of it, so that one that is lost costs nothing. */
  readonly output: string;
}

/** An open model. `generate` yields predictions as they are finished, in any order. */
export interface Model {
  readonly card: ModelCard;
  /** The device really used, as the user reads it: `CPU (2 threads)`, `WebGPU (NVIDIA …)`. */
  readonly device: string;
  /** Why it is not a device that would be better, a sentence for each of these. */
  readonly passedOver?: readonly string[];
  /** Bytes that the model's process takes, as of the last run; absent where it is not on this machine. */
  readonly memory?: number | null;
  generate(
    /** Taken as the model has room for them: each is made when it is taken. */
    requests: Iterable<ModelRequest>,
    decoding: Decoding,
    signal: AbortSignal,
    /**
     * Somebody watches: it is told what is written so far, some times a second and never after the request's
     * prediction. A model that cannot tell does not; absent, nothing partial is made.
     */
    onPartial?: (partial: PartialOutput) => void,
  ): AsyncIterable<Prediction>;
  /** How likely texts are as answers, in any order of requests. Absent where the card does not say that it can. */
  score?(requests: readonly ScoreRequest[], signal: AbortSignal): AsyncIterable<Scores>;
  close(): Promise<void>;
}

/** What a prompt costs a model, in the model's own tokens and with its chat template. */
export interface TokenCount {
  readonly total: number;
  /** Of these, the tokens that stand for images. */
  readonly image: number;
}

/** Counts a prompt's tokens without opening the model: by its tokenizer alone. */
export interface TokenCounter {
  /** Tokens of prompt and answer together, at most; null where the model does not say. */
  readonly context: number | null;
  /** @throws Error whose message is one sentence, when the model could not be shown these messages */
  count(messages: readonly Message[]): TokenCount;
}

/** A source of models. One provider is one folder in `inference/` and one line in its table. */
export interface ModelProvider {
  readonly id: string;
  /** The models this provider knows; never throws, an unusable one says why in `unavailable`. */
  list(): Promise<readonly ModelCard[]>;
  open(card: ModelCard, onNotice: (sentence: string) => void): Promise<Model>;
  /**
   * Absent where the models' tokenizers are not to be had.
   * @throws Error whose message is one sentence
   */
  tokenCounter?(card: ModelCard): Promise<TokenCounter>;
}

/** Turns texts into vectors of length 1, near each other where the texts mean the like. */
export interface SentenceEmbedder {
  /** The model and how it is run, as numbers made with it are quoted. */
  readonly name: string;
  /**
   * One vector for each text, in their order.
   * @param onProgress told how many are done
   * @throws Error whose message is one sentence
   */
  embed(
    texts: readonly string[],
    onProgress: (done: number) => void,
  ): Promise<readonly (readonly number[])[]>;
}
