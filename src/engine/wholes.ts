/** Keeps the whole steps of small programs for an engine. Where they cannot be made, a dispatch per kernel does the same. */
import { OutOfMemoryError, ShaderError } from '../base/errors.ts';
import type { Device } from './device.ts';
import type { Program } from './engine.ts';
import type { Wholes } from './gpu-engine.ts';
import type { GpuProgram, Table } from './gpu-program.ts';
import { allPass } from './self-test.ts';
import { formsOfWholeSteps, isSmall, makeWholeSteps, type WholeSteps } from './whole-steps.ts';

/** Among the kernels that a device cannot use. */
const WHOLE = 'whole steps';

/** The whole steps of programs on a device, of those that are small. */
export function wholeSteps(device: Device, table: Table, isAlive: (program: Program) => boolean): Wholes {
  const known = new Map<readonly GpuProgram[], WholeSteps>();
  const keyOf = (programs: readonly Program[]) =>
    [...known.keys()].find((key) => key.length === programs.length && key.every((p, i) => p === programs[i]));
  return {
    async prepare(programs: readonly GpuProgram[]): Promise<void> {
      if (keyOf(programs) || device.faults.has(WHOLE) || !isSmall(programs, device)) return;
      const ops = programs.flatMap(({ graph }) => graph.nodes.map(({ op }) => op));
      if (!(await allPass(device, formsOfWholeSteps(device, programs), ops))) return;
      const whole = await makeWholeSteps(device, table, programs).catch((error) => {
        // A dispatch per kernel does the same.
        if (!(error instanceof ShaderError || error instanceof OutOfMemoryError)) throw error;
        if (error instanceof ShaderError) device.faults.set(WHOLE, error.message);
        return undefined;
      });
      // The net may have been destroyed while this was in the making.
      if (programs.every(isAlive) && whole) known.set([...programs], whole);
      else whole?.destroy();
    },
    of(programs: readonly Program[]): WholeSteps | undefined {
      const key = keyOf(programs);
      return key && known.get(key);
    },
    forget(program: Program): void {
      for (const [key, whole] of known) {
        if (!key.includes(program as GpuProgram)) continue;
        whole.destroy();
        known.delete(key);
      }
    },
  };
}
