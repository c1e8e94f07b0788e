/**
 * The GPU engine: runs programs, many steps per submit. Per-step values are rows of one table, which is written once per run
 * and addressed by a dynamic offset.
 */
import { StateError } from '../base/errors.ts';
import { stretches } from '../base/stretches.ts';
import { packRows, ROW_BYTES } from '../graph/step-row.ts';
import { COPY_DST, UNIFORM } from './buffer-usage.ts';
import type { Device } from './device.ts';
import type { Engine, Program } from './engine.ts';
import { allBuffers, type GpuProgram, gpuProgram, type Table } from './gpu-program.ts';
import { finished, type Guard, guardOf } from './guard.ts';
import { type Leftovers, type Verdict, verdictOn } from './leftovers.ts';
import { readTensors } from './read-tensors.ts';
import { stagingPool } from './staging.ts';
import { limitsOf } from './tensor-buffers.ts';
import type { Placed, Together, WholeSteps } from './whole-steps.ts';

/** Bytes of the step table: a uniform binding may always be so large. One begins at any of the rows in the first half. */
const TABLE_BYTES = 65536;

/** Whole steps of small programs that are run together, which are faster than a dispatch per kernel. */
export interface Wholes {
  prepare(parts: readonly Together[]): Promise<void>;
  /** What runs some programs as parts of one submit: the same for all of it where that was made. */
  of(parts: readonly Placed[]): (part: Placed) => Pick<WholeSteps, 'encode'> | undefined;
  /** Before the program is destroyed; what it computed stays in what its heir shares with it. */
  forget(program: Program, heir?: Program): void;
  /** What they leave elsewhere than in the buffers of their programs. */
  readonly left: Leftovers;
}

/** Without `wholesOn`, every step is a dispatch per kernel. */
export async function gpuEngine(
  device: Device,
  wholesOn?: (device: Device, table: Table, guard: Guard, isAlive: (program: Program) => boolean) => Wholes,
): Promise<Engine> {
  const { gpu } = device;
  const [buffer] = await device.createBuffers([
    { label: 'step table', size: 2 * TABLE_BYTES, usage: UNIFORM | COPY_DST },
  ]);
  const alignment = gpu.limits.minUniformBufferOffsetAlignment;
  const stride = alignment * Math.ceil(ROW_BYTES / alignment);
  const table: Table = { buffer, stride, rows: Math.floor(TABLE_BYTES / stride) };
  let destroyed: Error | undefined;
  const programs = new Set<Program>();
  const guard = guardOf(device);
  const assertUsable = (): void => {
    if (destroyed) throw destroyed;
    device.assertAlive();
    guard.assertNone();
  };
  const wholes = wholesOn?.(device, table, guard, (program) => programs.has(program));
  const staging = stagingPool(device, guard, assertUsable, wholes?.left.locate);
  return {
    kind: 'gpu',
    device,
    name: device.info.name,
    largest: Math.min(gpu.limits.maxStorageBufferBindingSize, gpu.limits.maxBufferSize),
    limits: limitsOf(gpu),
    maxRows: table.rows,
    async program(graph, options) {
      assertUsable();
      const made = await gpuProgram(device, guard, table, staging, graph, options);
      const destroy: Program['destroy'] = (heir) => {
        programs.delete(program);
        wholes?.forget(program, heir);
        made.destroy(heir);
      };
      const overwritten = (name: string): void =>
        wholes?.left.overwritten(made.stored(name).parts.map(({ from }) => from));
      const write: Program['write'] = (name, data) => {
        made.write(name, data);
        overwritten(name);
      };
      const copy: Program['copy'] = (name, memory, way) => {
        assertUsable();
        const { parts } = made.stored(name);
        guard.run(`to copy ${name}`, () => {
          const encoder = gpu.createCommandEncoder();
          parts.forEach((part, i) => {
            const { from, at, bytes } = way === 'out' ? (wholes?.left.locate(part) ?? part) : part;
            const other = (memory as readonly GPUBuffer[])[i];
            if (way === 'out') encoder.copyBufferToBuffer(from, at, other, 0, bytes);
            else encoder.copyBufferToBuffer(other, 0, from, at, bytes);
          });
          gpu.queue.submit([encoder.finish()]);
        });
        if (way === 'in') overwritten(name);
      };
      const program = { ...made, write, copy, destroy };
      programs.add(program);
      // The net may have been destroyed while this was in the making.
      if (destroyed) destroy();
      assertUsable();
      return program;
    },
    prepare: async (parts) => wholes?.prepare(parts as readonly Together[]),
    run(parts, refused) {
      const verdicts: Verdict[] = [];
      const heard: Verdict = (accepted) => {
        verdictOn(verdicts)(accepted);
        if (!accepted && !destroyed) refused?.();
      };
      try {
        assertUsable();
      } catch (error) {
        heard(false);
        throw error;
      }
      const tables = parts.map(({ rows }) => rows);
      let row = 0;
      const placed = parts.map(({ programs, rows }) => {
        const offset = row * stride;
        row += rows.length;
        return { programs: programs as Together, offset, steps: rows.length };
      });
      const submit = (): void => {
        const encoder = gpu.createCommandEncoder();
        for (const { key: whole, items } of stretches(placed, wholes?.of(placed) ?? (() => undefined))) {
          if (whole) verdicts.push(whole.encode(encoder, items));
          else {
            if (wholes)
              verdicts.push(wholes.left.bring(encoder, allBuffers(items.flatMap(({ programs }) => programs))));
            encodeEach(encoder, items, stride);
          }
        }
        gpu.queue.submit([encoder.finish()]);
      };
      // Apart from the submit, which the device runs even if it refuses this: the steps count then, whatever they did.
      guard.run('to write the learning rates of a submit, whose steps used older ones', () =>
        gpu.queue.writeBuffer(buffer, 0, packRows(tables, stride)),
      );
      guard.run(`to run ${row === 1 ? '1 step' : `${row} steps`}`, submit, heard);
    },
    read(wanted) {
      return readTensors(
        staging,
        wanted.map(({ program, name, range }) => (program as GpuProgram).stored(name, range)),
      );
    },
    done: () => finished(device),
    async settled() {
      const verdict = guard.settled();
      verdict.catch(() => {}); // it is awaited below
      await finished(device);
      await verdict;
      assertUsable();
    },
    destroy(why = new StateError('this net has been destroyed')) {
      destroyed = why;
      const all = [...programs];
      programs.clear();
      for (const program of all) program.destroy();
      staging.destroy();
      device.destroyBuffer(buffer);
    },
  };
}

/** A dispatch for each kernel of each step. */
function encodeEach(
  encoder: GPUCommandEncoder,
  placed: readonly (Placed & { readonly steps: number })[],
  stride: number,
): void {
  const pass = encoder.beginComputePass();
  for (const { programs, offset, steps } of placed) {
    for (let r = 0; r < steps; r++) for (const program of programs) program.encode(pass, offset + r * stride);
  }
  pass.end();
}
