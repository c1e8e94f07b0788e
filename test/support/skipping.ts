/** A GPUDevice that can be told to leave out one dispatch of every pass. */
import { wrap } from '../../src/bench/wrap.ts';

export interface Skipper {
  /** Number of the dispatch, from 0 in each pass, that is left out from now on. */
  skip: number | undefined;
}

export function skipDispatch(gpu: GPUDevice): Skipper {
  const skipper: Skipper = { skip: undefined };
  wrap(gpu, 'createCommandEncoder', (create) => (...args) => {
    const encoder: GPUCommandEncoder = create(...args);
    wrap(encoder, 'beginComputePass', (begin) => (...options) => {
      const pass: GPUComputePassEncoder = begin(...options);
      let number = 0;
      wrap(pass, 'dispatchWorkgroups', (dispatch) => (...size) => {
        if (number++ !== skipper.skip) dispatch(...size);
      });
      return pass;
    });
    return encoder;
  });
  return skipper;
}
