/**
 * The self-test: whether a kernel gives the known answers of a small product on this device. Asked once per device and
 * file of an entry point, when a form that uses it is first considered; what fails is left out of every menu, and
 * `device.info` says so.
 */
import type { Device } from './device.ts';
import { ShaderError } from './errors.ts';
import { append, createGraph } from './graph.ts';
import { gemmForms, narrowForm, smallest } from './ops/gemm.ts';
import { batch, leaf } from './ops/leaf.ts';
import { matmul } from './ops/matmul.ts';
import type { Form } from './ops/op.ts';
import { rowSum } from './ops/row_sum.ts';
import { schedule } from './schedule.ts';
import { createScratch, type Scratch } from './scratch.ts';
import { stepRow } from './step.ts';
import { columns, pad, type Shape, size, stride, unpad } from './tensor.ts';

// No multiples of anything, and more than one tile of the smaller forms in every direction.
const [M, N, K] = [19, 67, 37];

const verdicts = new WeakMap<Device, Map<string, Promise<boolean>>>();

/** Whether the kernel of a form works here; if not, its file is among `device.faults` from then on. */
export function passes(device: Device, form: Form): Promise<boolean> {
  const ofDevice = verdicts.get(device) ?? new Map<string, Promise<boolean>>();
  verdicts.set(device, ofDevice);
  const known = ofDevice.get(form.shader);
  if (known) return known;
  const verdict = test(device, form).then((fault) => {
    if (fault) device.faults.set(form.shader, fault);
    return fault === undefined;
  });
  ofDevice.set(form.shader, verdict);
  // A test that could not be made says nothing about the kernel.
  verdict.catch(() => ofDevice.delete(form.shader));
  return verdict;
}

export async function allPass(device: Device, forms: readonly Form[]): Promise<boolean> {
  return (await Promise.all(forms.map((form) => passes(device, form)))).every(Boolean);
}

/** Tests every kernel that this device may come to use. */
export async function testAll(device: Device): Promise<void> {
  const { info } = device;
  const menus = [false, true].flatMap((transposeB) => gemmForms(M, N, K, info, transposeB));
  for (const form of [...menus, narrowForm([M, N], info, 64)]) await passes(device, form);
}

/** A = small integers, B = small integers: their products and sums are exact in f32. */
const a = Float32Array.from({ length: M * K }, (_, i) => ((Math.floor(i / K) * 5 + (i % K) * 3) % 7) - 3);
const b = Float32Array.from({ length: K * N }, (_, i) => ((Math.floor(i / N) * 2 + (i % N) * 5) % 9) - 4);

const sumOverK = (count: number, term: (i: number, k: number) => number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < K; k++) sum += term(i, k);
    return sum;
  });

const known = {
  product: sumOverK(M * N, (i, k) => a[Math.floor(i / N) * K + k] * b[k * N + (i % N)]),
  sums: sumOverK(M, (i, k) => a[i * K + k]),
};

async function test(device: Device, form: Form): Promise<string | undefined> {
  const graph = createGraph();
  const [left, right] = [leaf(graph, batch, 'a', [M, K]), leaf(graph, batch, 'b', [K, N])];
  const product = append(graph, matmul, [left, right], { transposeA: false, transposeB: false }, 'product');
  const sums = append(graph, rowSum, [left], {}, 'sums');
  const { steps } = schedule(graph, { keep: () => true, storageBuffers: 8, formOf: () => smallest(form, [M, N]) });
  const values = new Map([
    ['a', withNaN(a, left.shape)],
    ['b', withNaN(b, right.shape)],
  ]);
  const contents = (tensor: string) => values.get(tensor) ?? Float32Array.of(Number.NaN);
  let scratch: Scratch | undefined;
  try {
    const pipeline = await device.pipeline(steps[0].shader, `self-test of ${form.shader}`);
    scratch = await createScratch(device, { graph, step: steps[0], row: stepRow({}), contents });
    scratch.run({ pipeline, workgroups: steps[0].workgroups }, 1);
    const found = await scratch.read();
    return [product, sums]
      .map(({ name, shape }) => difference(name, shape, found.get(name)!, known[name as keyof typeof known]))
      .find(Boolean);
  } catch (error) {
    device.assertAlive();
    if (error instanceof ShaderError) return error.message;
    throw error;
  } finally {
    scratch?.destroy();
  }
}

/** Rows padded for the GPU, with a padding that spoils every sum it gets into. */
function withNaN(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const padded = pad(data, shape);
  return padded.map((value, i) => (i % stride(shape) < columns(shape) ? value : Number.NaN));
}

function difference(name: string, shape: Shape, found: Float32Array, expected: Float32Array): string | undefined {
  const values = unpad(found, shape);
  const wrong = Array.from({ length: size(shape) }, (_, i) => i).find((i) => values[i] !== expected[i]);
  if (wrong === undefined) return undefined;
  const place = `(${Math.floor(wrong / columns(shape))}, ${wrong % columns(shape)})`;
  return `in the self-test ${name} ${place} is ${values[wrong]} instead of ${expected[wrong]}`;
}
