/** Every op. The op-wide tests run over this list; a new op is one line here. */
import { activation, activationGradient, activationSlope } from './activation.ts';
import { affine } from './affine.ts';
import { elastic } from './elastic.ts';
import { dropout } from './dropout.ts';
import { gather } from './gather.ts';
import { lossGradient, lossTerms } from './loss.ts';
import { matmul } from './matmul.ts';
import { correct, tally } from './metrics.ts';
import type { Op } from './op.ts';
import { add, bias, hadamard } from './pointwise.ts';
import { rowSum } from './row_sum.ts';
import { softmax, softmaxGradient } from './softmax.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax_cross_entropy.ts';
import { addScaled, average, averageSquare, descend, momentum, normalize } from './update.ts';

import { warp } from './warp.ts';

export const ops: readonly Op[] = [
  matmul,
  bias,
  add,
  hadamard,
  activation,
  activationGradient,
  activationSlope,
  dropout,
  softmax,
  softmaxGradient,
  lossTerms,
  lossGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  rowSum,
  descend,
  addScaled,
  momentum,
  average,
  averageSquare,
  normalize,
  gather,
  affine,
  elastic,
  warp,
  correct,
  tally,
];
