import type { Missing } from 'retrograd';

/** Names of the library's errors, in words. */
const titles: Record<string, string> = {
  DataError: 'The data could not be loaded',
  NoAdapterError: 'No GPU is available',
  ShaderError: 'A shader failed to compile',
  OutOfMemoryError: 'The GPU does not have enough memory for this network',
  ShapeError: 'The shapes do not match',
  ArgumentError: 'A setting is invalid',
  NonFiniteError: 'Training has diverged',
  CheckError: 'The GPU and the reference disagree',
};

export const titleOf = (name: string): string => titles[name] ?? 'Something went wrong';

/** `isInPage`: the page itself has WebGPU, but the lab runs in a worker. */
export function whyOnCpu(missing: Missing = 'webgpu', isInPage = false): string {
  if (missing === 'adapter') return 'this browser has WebGPU, but found no GPU to use';
  if (missing === 'device') return 'the GPU could not be opened';
  return isInPage ? 'this browser has no WebGPU in workers' : 'this browser has no WebGPU, or it is turned off';
}

export const onlyInPages =
  'This page computes in a worker, but this browser offers WebGPU only to pages. Update the browser.';
