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

/** Opens a file as it is: its optimizations would replace nodes by others, and those would be tested instead. */
const open = (file: Uint8Array) => ort.InferenceSession.create(file, { graphOptimizationLevel: 'disabled' });

/** Runs a file -> its outputs by name. */
export async function run(
  file: Uint8Array,
  inputs: Readonly<Record<string, Given>>,
): Promise<Record<string, { readonly shape: Shape; readonly data: Float32Array }>> {
  const session = await open(file);
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

/** What a file says of its inputs and outputs: 'input uint8 [N,1,28,28]'. */
export async function signatureOf(file: Uint8Array): Promise<{ inputs: string[]; outputs: string[] }> {
  const session = await open(file);
  const told = (all: readonly ort.InferenceSession.ValueMetadata[]): string[] =>
    all.map((value) => `${value.name} ${value.isTensor ? `${value.type} [${value.shape}]` : '?'}`);
  const [inputs, outputs] = [told(session.inputMetadata), told(session.outputMetadata)];
  await session.release();
  return { inputs, outputs };
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
