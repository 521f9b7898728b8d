/** What the server and the processes that hold models say to each other. */
import type { AutomatonTable } from '../../core/grammars/automaton.ts';
import type { Grammar } from '../../core/grammars/types.ts';
import type {
  Decoding,
  ModelRequest,
  PartialOutput,
  Prediction,
  ScoreRequest,
  Scores,
} from '../../core/models/types.ts';

/** By ONNX Runtime's names. */
export type DeviceKind = 'cpu' | 'webgpu' | 'cuda' | 'dml' | 'coreml';

/** Where a model runs. */
export interface Device {
  readonly kind: DeviceKind;
  /** Threads of one operation; counts on the CPU only. */
  readonly threads: number;
}

/** A grammar, worked out for a process in another language. */
export interface CompiledGrammar extends AutomatonTable {
  readonly grammar: Grammar;
  /** Texts that stand in it as they are. */
  readonly texts: readonly string[];
}

export type ToHost =
  | { readonly type: 'load'; readonly folder: string; readonly device: Device }
  /** To the Python worker. */
  | {
      readonly type: 'load-weights';
      readonly folder: string;
      readonly device: 'auto' | 'cpu' | 'cuda';
      /** What ends an answer besides what the model's own files name. */
      readonly stop: readonly string[];
      /** The folder's own code may run. */
      readonly remoteCode: boolean;
    }
  | {
      readonly type: 'generate';
      readonly requests: readonly ModelRequest[];
      readonly decoding: Decoding;
      /** Whether to tell what is written so far. */
      readonly isWatched: boolean;
      /** The requests' grammars, for a host that cannot compile them. */
      readonly compiled?: readonly CompiledGrammar[];
    }
  | { readonly type: 'score'; readonly requests: readonly ScoreRequest[] }
  | { readonly type: 'load-sentences'; readonly folder: string; readonly device: Device }
  | { readonly type: 'embed'; readonly texts: readonly string[] }
  /** Tries the device, and times it. */
  | { readonly type: 'probe'; readonly device: Device };

export type FromHost =
  /** `device`: as people read it, where only the host knows it. */
  | { readonly type: 'loaded'; readonly device?: string }
  /** One sentence that the user is to read. */
  | { readonly type: 'notice'; readonly sentence: string }
  /** Loading failed; one sentence. */
  | { readonly type: 'refused'; readonly reason: string }
  /** These requests are in hand: if the host dies now, one of them is the reason. */
  | { readonly type: 'working'; readonly keys: readonly string[] }
  /** Still at it; keeps the watchdog quiet. */
  | { readonly type: 'alive' }
  | { readonly type: 'partials'; readonly partials: readonly PartialOutput[] }
  | { readonly type: 'predictions'; readonly predictions: readonly Prediction[] }
  | { readonly type: 'scores'; readonly scores: readonly Scores[] }
  /** Every request of the last `generate` or `score` has been answered. */
  | { readonly type: 'done'; readonly memory: number }
  /** Sentence vectors of the texts of the last `embed`, in their order. */
  | { readonly type: 'embedded'; readonly vectors: readonly number[][] }
  | { readonly type: 'probed'; readonly milliseconds: number }
  /** The device does not do what it was tried with: one sentence, and the version of ONNX Runtime that says it. */
  | { readonly type: 'unusable'; readonly reason: string; readonly runtime: string };
