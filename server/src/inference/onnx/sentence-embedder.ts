import { statSync } from 'node:fs';
import type { SentenceEmbedder } from '../../core/models/types.ts';
import { forked, HostFailure, HostProcess } from '../hosts/host-process.ts';
import { PATIENCE } from '../hosts/model.ts';
import { cpuDevice } from './devices/choose.ts';
import { hostEntry } from './host-entry.ts';
import { sentenceFiles } from './sentence-files.ts';

/** Texts that the host gets at once. */
const SLICE = 256;

/**
 * The sentence-embedding model of a folder, run by a model host on the CPU.
 * @throws Error whose message is one sentence, when the folder holds none or it cannot be loaded
 */
export function sentenceEmbedder(named: string): SentenceEmbedder {
  const files = sentenceFiles(named);
  return {
    name: `${files.name} (ONNX, the mean of at most ${files.maxTokens} tokens)`,
    async embed(texts, onProgress) {
      const { device } = cpuDevice(statSync(files.graph).size);
      const host = new HostProcess(forked(hostEntry()));
      try {
        host.send({ type: 'load-sentences', folder: files.folder, device });
        const loaded = await host.next(PATIENCE.loading);
        if (loaded.type === 'refused') throw new Error(loaded.reason);
        const vectors: (readonly number[])[] = new Array(texts.length);
        // Texts of like length together, so that little is padded.
        const order = [...texts.keys()].sort((a, b) => lengthOf(texts, a) - lengthOf(texts, b));
        for (let done = 0; done < order.length; done += SLICE) {
          const slice = order.slice(done, done + SLICE);
          const made = await embedSlice(
            host,
            slice.map((index) => texts[index] as string),
          );
          slice.forEach((index, i) => {
            vectors[index] = made[i] as readonly number[];
          });
          onProgress(done + slice.length);
        }
        return vectors;
      } catch (error) {
        throw error instanceof HostFailure
          ? new Error(`The model host ${error.message} while it embedded texts with ${files.name}.`)
          : error;
      } finally {
        host.kill();
      }
    },
  };
}

async function embedSlice(host: HostProcess, texts: readonly string[]): Promise<readonly number[][]> {
  host.send({ type: 'embed', texts });
  for (;;) {
    const message = await host.next(PATIENCE.working);
    if (message.type === 'refused') throw new Error(message.reason);
    if (message.type === 'embedded') return message.vectors;
  }
}

function lengthOf(texts: readonly string[], index: number): number {
  return (texts[index] as string).length;
}
