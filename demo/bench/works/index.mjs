// The works of the race, one file each. A work is plain data that every contender reads its own way:
//
//   kind 'training': model, loss, optimizer, batch; `batches` different batches, seen in turn. `material()` gives the
//     data set, the same batches as floats, and the initial parameters by their keys in retrograd.
//   kind 'product': C = A B of two square matrices of `size`; `material()` gives A and B.
//
// Both: `warmUp` steps before anything is timed (a whole turn through the batches, so that the losses compared are of
// one batch), `steps` in a timed block, `trial` steps where configurations are tried.
import { convolutions } from './convolutions.mjs';
import { lenet } from './lenet.mjs';
import { products } from './matmul.mjs';
import { mlpSmall } from './mlp-small.mjs';
import { sequences } from './sequences.mjs';
import { wide } from './wide.mjs';
import { wide1024 } from './wide-1024.mjs';
import { xor } from './xor.mjs';

export const works = [mlpSmall, wide, wide1024, lenet, ...convolutions, ...sequences, xor, ...products];

/** Run where nobody names any. */
export const usual = ['mlp-small', 'wide', 'wide-1024', 'lenet', 'xor', 'matmul-512', 'matmul-1024'];
