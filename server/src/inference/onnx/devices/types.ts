/** What a device is, and what is said of one that does not work. */
import type { InferenceSession } from 'onnxruntime-node';

/** Why a device does not work. */
export interface DeviceProblem {
  /** One sentence. */
  readonly problem: string;
  /** Nothing has gone wrong, it was only never installed: told where somebody asks, and not at every run. */
  readonly isQuiet?: true;
}

/** What a process that did not get on with a device said of it. */
export interface Refusal {
  /** ONNX Runtime's error, one sentence. */
  readonly reason: string;
  /** What was printed beside it. */
  readonly printed: string;
  /** Version of ONNX Runtime. */
  readonly runtime: string;
}

export interface DeviceEntry {
  /** As people read it. */
  readonly name: string;
  /** For a person who chooses. */
  readonly description: string;
  /** The builds of onnxruntime-node that have it, by `process.platform` and `process.arch`. */
  readonly platforms: readonly string[];
  /** In words. */
  readonly where: string;
  /**
   * What its sessions are given besides what all get.
   * @param left names of the nodes that are left to the CPU
   */
  readonly session: (left: readonly string[]) => InferenceSession.SessionOptions;
  /** Operators that it computes wrongly, or less exactly than in single precision: they are left to the CPU. */
  readonly unfit?: readonly string[];
  /**
   * Where a batch's cache is. `in place`: in our memory, and the graph gives back its new part alone, which needs
   * products over an empty cache. `on the device`: the graph's outputs stay there. `returned`: it goes there and comes
   * back with every token.
   */
  readonly cache: 'in place' | 'on the device' | 'returned';
  /** Variables of every process that uses it. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Those of the process that tries it. */
  readonly probeVariables?: Readonly<Record<string, string>>;
  /** The adapter that was taken, in what the process printed; null where that does not say. */
  readonly adapter?: (printed: string) => string | null;
  /** What a refusal comes to; absent: ONNX Runtime's own words are it. */
  readonly problem?: (refusal: Refusal) => DeviceProblem;
}
