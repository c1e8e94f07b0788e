// retrograd's matrix product by itself, as `retrograd/bench` measures it. The matrices are that entry's own, and it does
// not give the product back, so nothing is checked here: the tests of the library do that.
import { kernels } from '../library.mjs';
import { waiting } from '../waiting.mjs';

const found = await kernels();

/** Why there is no row for a product, or undefined. */
export const withoutProduct = found?.matmul
  ? undefined
  : 'this build of retrograd has no retrograd/bench with a matmul';

export async function startProduct(device, { size }) {
  const prepared = await found.matmul(size).prepare(device);
  return {
    async block(steps, { wait }) {
      await waiting[wait](prepared.run(steps));
      await waiting[wait](device.gpu.queue.onSubmittedWorkDone());
    },
    end: () => prepared.destroy(),
  };
}
