/** The ops with forms among those that the page trains with; see layer-kinds.ts. */
import { matmul } from '../../../src/ops/matmul.ts';

export const ops = [matmul];
