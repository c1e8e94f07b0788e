import type { Missing } from 'retrograd';

/** Names of the library's errors, in words. */
const titles: Record<string, string> = {
  DataError: 'The data could not be loaded',
  NoAdapterError: 'There is no GPU to work with',
  ShaderError: 'A shader did not compile',
  OutOfMemoryError: 'The GPU does not have enough memory for this network',
  ShapeError: 'The shapes do not match',
  ArgumentError: 'A setting does not make sense',
  NonFiniteError: 'Training has diverged',
  CheckError: 'GPU and reference disagree',
};

export const titleOf = (name: string): string => titles[name] ?? 'Something went wrong';

/** `isInPage`: the page itself has WebGPU, but the lab runs in a worker. */
export function whyOnCpu(missing: Missing = 'webgpu', isInPage = false): string {
  if (missing === 'adapter') return 'this browser has WebGPU, but found no GPU to use';
  if (missing === 'device') return 'the GPU could not be opened';
  return isInPage ? 'this browser has no WebGPU in workers' : 'this browser has no WebGPU, or has it switched off';
}

export const onlyInPages = 'This page computes in a worker, and the browser offers WebGPU to pages only. Update it.';
