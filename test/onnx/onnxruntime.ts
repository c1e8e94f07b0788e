/** onnxruntime, which runs ONNX files: an oracle that shares nothing with the library. */
import * as ort from 'onnxruntime-web';
import { type Shape, size } from '../../src/base/tensor.ts';

ort.env.wasm.numThreads = 1;
ort.env.logLevel = 'error';

export interface Given {
  /** With the samples first. */
  readonly shape: Shape;
  readonly data: Float32Array | Uint8Array | BigInt64Array;
}

/** Runs a file -> its outputs by name. */
export async function run(
  file: Uint8Array,
  inputs: Readonly<Record<string, Given>>,
): Promise<Record<string, { readonly shape: Shape; readonly data: Float32Array }>> {
  // Its optimizations replace nodes by others, which would be tested instead.
  const session = await ort.InferenceSession.create(file, { graphOptimizationLevel: 'disabled' });
  try {
    const feeds = Object.entries(inputs).map(([name, { shape, data }]) => [name, tensorOf(data, shape)]);
    const found = await session.run(Object.fromEntries(feeds));
    const outputs = Object.entries(found).map(([name, { dims, data }]) => {
      if (data.length !== size(dims)) throw new Error(`${name}: ${data.length} numbers for [${dims}]`);
      return [name, { shape: dims, data: data as Float32Array }] as const;
    });
    return Object.fromEntries(outputs);
  } finally {
    await session.release();
  }
}

function tensorOf(data: Given['data'], shape: Shape): ort.Tensor {
  if (data instanceof Float32Array) return new ort.Tensor('float32', data, shape);
  if (data instanceof Uint8Array) return new ort.Tensor('uint8', data, shape);
  return new ort.Tensor('int64', data, shape);
}

/** The largest difference, in units of the largest number. */
export function error(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) throw new Error(`expected ${expected.length} numbers, found ${found.length}`);
  let [worst, largest] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    worst = difference > worst || Number.isNaN(difference) ? difference : worst;
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  return worst === 0 ? 0 : worst / largest;
}
