/**
 * The self-test: runs a kernel on a small problem on this device and compares it with the reference. It runs once per device
 * and entry-point file, when a form that uses the file is first considered. Forms that fail are left out of every menu, and
 * `device.info` lists them.
 */
import { ShaderError } from '../base/errors.ts';
import { columns, pad, type Shape, size, stride, unpad } from '../base/tensor.ts';
import { together } from '../base/together.ts';
import { schedule } from '../compiler/schedule.ts';
import { createGraph } from '../graph/graph.ts';
import type { Form, Op, Probe, Value } from '../graph/op.ts';
import { evaluate } from '../graph/reference.ts';
import { stepRow } from '../graph/step-row.ts';
import type { Device } from './device.ts';
import { createIsolatedStep, type IsolatedStep } from './isolated-step.ts';
import { limitsOf } from './tensor-buffers.ts';

const verdicts = new WeakMap<Device, Map<string, Promise<boolean>>>();

/** Whether the kernel of a form of one of these ops works here; if not, its file is among `device.faults` from then on. */
export function passes(device: Device, form: Form, ops: readonly Op[]): Promise<boolean> {
  const ofDevice = verdicts.get(device) ?? new Map<string, Promise<boolean>>();
  verdicts.set(device, ofDevice);
  const known = ofDevice.get(form.shader);
  if (known) return known;
  const verdict = test(device, form, probeOf(form, ops)).then((fault) => {
    if (fault) device.faults.set(form.shader, fault);
    return fault === undefined;
  });
  ofDevice.set(form.shader, verdict);
  // A test that could not be made says nothing about the kernel.
  verdict.catch(() => ofDevice.delete(form.shader));
  return verdict;
}

export async function allPass(device: Device, forms: readonly Form[], ops: readonly Op[]): Promise<boolean> {
  return (await together(forms.map((form) => passes(device, form, ops)))).every(Boolean);
}

const probeOf = ({ shader }: Form, ops: readonly Op[]): Probe =>
  ops.flatMap((op) => (op.kind === 'kernel' && op.probe) || []).find(({ shaders }) => shaders.includes(shader))!;

async function test(device: Device, form: Form, probe: Probe): Promise<string | undefined> {
  const graph = createGraph();
  probe.append(graph);
  const leaves = graph.nodes.filter(({ op }) => op.kind === 'leaf');
  const values = new Map(leaves.map((node, i) => [node.name, integers(node.shape, i)]));
  const padded = new Map(leaves.map(({ name, shape }) => [name, withNaN(values.get(name)!, shape)]));
  const contents = (tensor: string) => padded.get(tensor) ?? Float32Array.of(Number.NaN);
  const known = evaluate(graph, {
    step: stepRow({}),
    leaf: ({ name, shape }) => ({ shape, data: values.get(name)! }),
    bounds: true,
  });
  const { dispatches: steps } = schedule(graph, {
    keep: () => true,
    ...limitsOf(device.gpu),
    formOf: () => probe.least(form),
  });
  let isolated: IsolatedStep | undefined;
  try {
    const pipeline = await device.pipeline(steps[0].shader, `self-test of ${form.shader}`);
    isolated = await createIsolatedStep(device, { graph, step: steps[0], row: stepRow({}), contents });
    isolated.run({ pipeline, workgroups: steps[0].workgroups }, 1);
    const found = await isolated.read();
    const computed = [...known].filter(([{ op }]) => op.kind !== 'leaf');
    return computed.map(([{ name }, value]) => difference(name, found.get(name)!, value)).find(Boolean);
  } catch (error) {
    device.assertAlive();
    if (error instanceof ShaderError) return error.message;
    throw error;
  } finally {
    isolated?.destroy();
  }
}

/** Small ones, next to which bounds are small. */
const integers = (shape: Shape, salt: number): Float32Array =>
  Float32Array.from({ length: size(shape) }, (_, i) => ((i * (5 + salt) + Math.floor(i / columns(shape)) * 3) % 7) - 3);

/** Rows padded for the GPU, with a padding that spoils every sum it gets into. */
function withNaN(data: Float32Array, shape: Shape): Float32Array<ArrayBuffer> {
  const padded = pad(data, shape);
  return padded.map((value, i) => (i % stride(shape) < columns(shape) ? value : Number.NaN));
}

function difference(name: string, found: Float32Array, { shape, data, error }: Value): string | undefined {
  const values = unpad(found, shape);
  const wrong = data.findIndex((expected, i) => !(Math.abs(values[i] - expected) <= error![i]));
  if (wrong < 0) return undefined;
  const place = `(${Math.floor(wrong / columns(shape))}, ${wrong % columns(shape)})`;
  return `in the self-test ${name} ${place} is ${values[wrong]} instead of ${data[wrong]}`;
}
