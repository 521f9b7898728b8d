import type { Tensor } from 'onnxruntime-node';

/**
 * Gives the memory of arrays back at once; nobody may use them afterwards. Every run allocates its outputs anew, and
 * left to themselves they would call for a full garbage collection every twenty tokens: a tenth of the time.
 */
export function free(...arrays: readonly ArrayBufferView[]): void {
  for (const { buffer } of arrays) if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}

/** The same for tensors, wherever they are. */
export function freeTensors(tensors: Iterable<Tensor>): void {
  for (const tensor of tensors) {
    if (tensor.location === 'gpu-buffer') tensor.dispose();
    else free(tensor.data as Float32Array);
  }
}
