/** What the page shows of the library, with nets of their own beside the visitor's. It is loaded when it is asked for. */
import { type Device, openDevice, type Recovery, type StepBytes, summary, type Trainer } from 'retrograd';
import { flopOf, matmul, measure } from 'retrograd/bench';
import type { Dataset } from 'retrograd/data';
import type { Config } from '../config.ts';
import { losses, optimizers } from './choices.ts';
import { makeModel } from './make-model.ts';
import type { RecoveryProof, Speed } from './protocol.ts';
import { compileNet } from './run.ts';

/** Steps before the device is lost, and after. */
const STEPS = 12;

/** Trains a net twice, once with a device that is destroyed on the way, and takes the digest of both. */
export async function proveRecovery(config: Config, train: Dataset): Promise<RecoveryProof> {
  const whole = await trained(config, train, false);
  const broken = await trained(config, train, true);
  return { steps: 2 * STEPS, lostAfter: STEPS, recoveries: broken.recoveries, digests: [whole.digest, broken.digest] };
}

async function trained(config: Config, train: Dataset, isLost: boolean) {
  const net = await compileNet(config, {});
  const recoveries: Recovery[] = [];
  const fit = () =>
    net.fit(train, { steps: STEPS, recover: true, onRecover: (recovery) => void recoveries.push(recovery) });
  try {
    await fit();
    if (isLost) destroyAfterSubmit((net.device as Device).gpu);
    await fit();
    return { digest: await digestOf(net), recoveries: recoveries.length };
  } finally {
    net.destroy();
  }
}

/** Destroys a device with work under way. */
function destroyAfterSubmit(gpu: GPUDevice): void {
  const { queue } = gpu;
  const submit = queue.submit.bind(queue);
  queue.submit = (...buffers) => {
    submit(...buffers);
    gpu.destroy();
  };
}

/** SHA-256 of all parameters, hexadecimal. */
async function digestOf(net: Trainer): Promise<string> {
  const tensors = Object.values(await net.parameters());
  const bits = new Uint32Array(
    tensors.flatMap(({ data }) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)]),
  );
  const hash = await crypto.subtle.digest('SHA-256', bits);
  return Array.from(new Uint8Array(hash), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Steps that are timed: a step of the reference may take a second. */
const TIMED = { gpu: 50, cpu: 2 };
/** Rows and columns of the matrices whose product shows what the adapter can do. */
const LARGE = 512;

/** Time of a step on the GPU and on the CPU, and what the GPU reaches in a product of two large matrices. */
export async function compareSpeed(config: Config, train: Dataset): Promise<Speed> {
  const device = await openDevice();
  try {
    const gpu = await timeStep(config, train, device, TIMED.gpu);
    const cpu = await timeStep(config, train, 'cpu', TIMED.cpu);
    const { gflopPerSecond } = await measure(matmul(LARGE), device, { repeats: 3, milliseconds: 200 });
    return { gpu, cpu, limit: { size: LARGE, gflopPerSecond } };
  } finally {
    device.destroy();
  }
}

async function timeStep(config: Config, train: Dataset, device: Device | 'cpu', steps: number) {
  const net = await compileNet(config, { device });
  try {
    await net.fit(train, { steps: 1 }); // what is made once is not timed
    const began = performance.now();
    await net.fit(train, { steps });
    const milliseconds = (performance.now() - began) / steps;
    return { milliseconds, gflopPerSecond: flopOf(net.graph) / milliseconds / 1e6 };
  } finally {
    net.destroy();
  }
}

/** What a training step has on the device. */
export async function memoryOf({ hidden, loss, optimizer, learningRate, batch }: Config): Promise<StepBytes> {
  const { make, output } = losses[loss];
  const model = await makeModel(hidden, output);
  return summary(model, { batch, loss: make(), optimizer: optimizers[optimizer]({ learningRate }) }).bytes!;
}
