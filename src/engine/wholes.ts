/** Keeps the whole steps of small programs for an engine. Where they cannot be made, a dispatch per kernel does the same. */
import { OutOfMemoryError, ShaderError } from '../base/errors.ts';
import type { Device } from './device.ts';
import type { Program } from './engine.ts';
import type { Wholes } from './gpu-engine.ts';
import { allBuffers, type GpuProgram, type Table } from './gpu-program.ts';
import type { Guard } from './guard.ts';
import { leftovers } from './leftovers.ts';
import { allPass } from './self-test.ts';
import { formsOfWholeSteps, isSame, isSmall, makeWholeSteps, type Together, type WholeSteps } from './whole-steps.ts';

/** Among the kernels that a device cannot use. */
const WHOLE = 'whole steps';

/** The whole steps of small programs that are run together. */
export function wholeSteps(device: Device, table: Table, guard: Guard, isAlive: (program: Program) => boolean): Wholes {
  const left = leftovers();
  /** Parts that one submit may hold, and what runs them; nothing where that failed. */
  let known: { readonly parts: readonly Together[]; whole?: WholeSteps }[] = [];
  const holds = (parts: readonly Together[]) => (entry: (typeof known)[number]) =>
    parts.every((part) => entry.parts.some(isSame(part)));
  const make = async (parts: readonly Together[]): Promise<WholeSteps | undefined> => {
    const programs = parts.flat();
    const ops = programs.flatMap(({ graph }) => graph.nodes.map(({ op }) => op));
    if (!(await allPass(device, formsOfWholeSteps(device, programs), ops))) return undefined;
    const whole = await makeWholeSteps(device, table, parts, left).catch((error) => {
      // A dispatch per kernel does the same.
      if (!(error instanceof ShaderError || error instanceof OutOfMemoryError)) throw error;
      if (error instanceof ShaderError) device.faults.set(WHOLE, error.message);
      return undefined;
    });
    // The net may have been destroyed while this was in the making.
    if (programs.every(isAlive)) return whole;
    whole?.destroy();
    return undefined;
  };
  /** Before an arena goes. */
  const keep = (buffers: readonly GPUBuffer[]): void =>
    guard.run('to keep what was computed', () => {
      const encoder = device.gpu.createCommandEncoder();
      left.bring(encoder, buffers);
      left.overwritten(buffers);
      device.gpu.queue.submit([encoder.finish()]);
    });
  return {
    left,
    async prepare(parts) {
      const small = parts.filter((programs) => isSmall(programs, device));
      if (small.length === 0 || known.some(holds(small)) || device.faults.has(WHOLE)) return;
      const entry: (typeof known)[number] = { parts: small };
      known.push(entry);
      entry.whole = await make(small);
    },
    of(parts) {
      const made = known.filter(({ whole }) => whole);
      const distinct = [...new Set(parts.map(({ programs }) => programs))];
      const all = made.find(holds(distinct));
      const found = new Map(distinct.map((programs) => [programs, (all ?? made.find(holds([programs])))?.whole]));
      return ({ programs }) => found.get(programs);
    },
    forget(program, heir) {
      const isOf = ({ parts }: (typeof known)[number]) => parts.flat().includes(program as GpuProgram);
      for (const { parts, whole } of known.filter(isOf)) {
        const others = [...parts.flat(), ...(heir ? [heir as GpuProgram] : [])].filter(isAlive);
        if (whole && others.length > 0) keep(allBuffers(others));
        whole?.destroy();
      }
      known = known.filter((entry) => !isOf(entry));
    },
  };
}
