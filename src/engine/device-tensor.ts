/** Tensors that stay on a device: what a net has computed there, for any net on that device to go on with. */
import { ArgumentError, ShapeError, StateError } from '../base/errors.ts';
import {
  byteLength,
  columns,
  rows,
  type Shape,
  sameSamples,
  sameShape,
  show,
  size,
  type Tensor,
  toSamples,
} from '../base/tensor.ts';
import { COPY_DST, COPY_SRC, STORAGE } from './buffer-usage.ts';
import type { Device } from './device.ts';
import type { Engine, Memory, Program } from './engine.ts';
import { guardOf } from './guard.ts';
import { HELD, type Held } from './held.ts';
import { readTensors, storedIn } from './read-tensors.ts';
import { stagingPool } from './staging.ts';
import { buffersOf, limitsOf } from './tensor-buffers.ts';

/**
 * Numbers that stay on the device, made by {@link forward} and {@link backward}. Every net on the same device takes a tensor in
 * place of numbers. It lives until `destroy`, even after its net is destroyed. Without `destroy`, its memory is freed only with
 * the device.
 */
export interface DeviceTensor {
  /** Sizes of the axes: `[n, ...sample]`, or the shape of a parameter. */
  readonly shape: Shape;
  /**
   * Reads the numbers, row-major.
   *
   * @throws {StateError} After `destroy`.
   * @throws {DeviceLostError} If the device is lost.
   */
  read(): Promise<Tensor>;
  /** Frees its memory. It may be called twice. */
  destroy(): void;
}

/** A tensor of a program that is to be held. */
export interface Holding {
  readonly name: string;
  /** Sizes of the axes for the caller. */
  readonly shape: Shape;
  /** Shape in memory: [...sample, batch], a column for each sample. The first `shape[0]` columns are held. */
  readonly perSample?: Shape;
}

/** Copies of tensors of a program, as they are after everything queued so far. Rejects with OutOfMemoryError. */
export async function hold(engine: Engine, program: Program, wanted: readonly Holding[]): Promise<DeviceTensor[]> {
  const memories = await memoriesFor(
    engine.device,
    wanted.map(({ name }) => ({ name, shape: program.tensors.get(name)!.shape })),
  );
  return wanted.map((holding, i) => {
    program.copy(holding.name, memories[i], 'out');
    return deviceTensor(engine, holding, program.tensors.get(holding.name)!.shape, memories[i]);
  });
}

interface Layout {
  readonly name: string;
  readonly shape: Shape;
}

async function memoriesFor(device: Device | undefined, layouts: readonly Layout[]): Promise<Memory[]> {
  if (!device) return layouts.map(({ shape }) => new Float32Array(size(shape)));
  const limits = limitsOf(device.gpu);
  const usage = STORAGE | COPY_SRC | COPY_DST;
  const parts = layouts.map(({ name, shape }) => buffersOf({ label: name, size: byteLength(shape), usage }, limits));
  const made = await device.createBuffers(parts.flat());
  return parts.map(({ length }) => made.splice(0, length));
}

function deviceTensor(
  engine: Engine,
  { name, shape, perSample }: Holding,
  layout: Shape,
  memory: Memory,
): DeviceTensor {
  const { device } = engine;
  let isDestroyed = false;
  const demandAlive = (what: string): void => {
    if (isDestroyed) throw new StateError(`${what}: this tensor has been destroyed`);
  };
  const demandHere = (what: string, other: Engine): void => {
    demandAlive(what);
    if (other.device === device) return;
    throw new ArgumentError(`${what}: expected a tensor on the device of this net, found one on another device`);
  };
  const held: Held = {
    samples(what, other, wanted) {
      demandHere(what, other);
      const [sample, batch] = [wanted.slice(0, -1), columns(wanted)];
      const fits = perSample && sameSamples(perSample.slice(0, -1), sample) && columns(perSample) === batch;
      if (fits) return shape[0];
      const found = `${show(shape)}${perSample ? ` of a net with batches of ${columns(perSample)}` : ''}`;
      throw new ShapeError(
        `${what}: expected samples of ${show(sample)} of a net with batches of ${batch}, found ${found}`,
      );
    },
    demandShape(what, other, wanted) {
      demandHere(what, other);
      if (perSample || !sameShape(shape, wanted))
        throw new ShapeError(`${what}: expected ${show(wanted)}, found ${perSample ? 'samples ' : ''}${show(shape)}`);
    },
    copyTo: (program, name) => program.copy(name, memory, 'in'),
  };
  const numbers = async (): Promise<Float32Array> => {
    if (!device) return Float32Array.from(memory as Float32Array);
    // What was refused of the work that made it is the net's to tell, unless that is gone.
    await engine.settled().catch((error) => {
      if (!(error instanceof StateError)) throw error;
    });
    const staging = stagingPool(device, guardOf(device), () => device.assertAlive());
    try {
      return (await readTensors(staging, [storedIn(memory as readonly GPUBuffer[], name, layout)]))[0];
    } finally {
      staging.destroy();
    }
  };
  return Object.defineProperty(
    {
      shape,
      async read() {
        demandAlive('read');
        const data = await numbers();
        return { shape, data: perSample ? toSamples(data, rows(layout), columns(layout), shape[0]) : data };
      },
      destroy() {
        if (device && !isDestroyed) for (const buffer of memory as readonly GPUBuffer[]) device.destroyBuffer(buffer);
        isDestroyed = true;
      },
    },
    HELD,
    { value: held },
  );
}
