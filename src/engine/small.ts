/** Which nets are so small that whole steps of them run in one dispatch. */
import type { Device } from './device.ts';
import type { GpuProgram } from './gpu-program.ts';

/** Multiply-adds of a step up to which one workgroup is faster than a dispatch per kernel. */
const SMALL = { software: 2 ** 15, gpu: 2 ** 17 };

export function isSmall(programs: readonly GpuProgram[], { info }: Device): boolean {
  const work = programs.flatMap(({ schedule }) => schedule.dispatches).reduce((sum, step) => sum + step.work, 0);
  return work <= (info.software ? SMALL.software : SMALL.gpu);
}
