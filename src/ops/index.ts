/** Every op. The op-wide tests run over this list; a new op is one line here. */
import { accumulate, perSample, whenDue } from './accumulate.ts';
import { activation, activationGradient, activationSlope } from './activation.ts';
import { affine } from './affine.ts';
import { columnSum } from './column_sum.ts';
import { dropout } from './dropout.ts';
import { elastic } from './elastic.ts';
import { gather } from './gather.ts';
import { clipFactor, squareRoot, squareSums } from './gradient_norm.ts';
import { lossGradient, lossTerms } from './loss.ts';
import { matmul } from './matmul.ts';
import { correct, tally } from './metrics.ts';
import { mean, variance } from './moments.ts';
import { meanGradient, varianceGradient } from './moments_gradient.ts';
import type { Op } from './op.ts';
import { add, bias, hadamard, scale, times } from './pointwise.ts';
import { rowSum } from './row_sum.ts';
import { softTargets } from './soft_targets.ts';
import { softmax, softmaxGradient } from './softmax.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax_cross_entropy.ts';
import { perDeviation, standardize, unbiased } from './standardize.ts';
import { addScaled, average, averageSquare, descend, momentum, normalize } from './update.ts';

import { warp } from './warp.ts';

export const ops: readonly Op[] = [
  matmul,
  bias,
  scale,
  add,
  hadamard,
  times,
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
  softTargets,
  rowSum,
  columnSum,
  mean,
  meanGradient,
  variance,
  varianceGradient,
  standardize,
  perDeviation,
  unbiased,
  squareSums,
  squareRoot,
  clipFactor,
  descend,
  addScaled,
  momentum,
  average,
  averageSquare,
  normalize,
  accumulate,
  perSample,
  ...whenDue.values(),
  gather,
  affine,
  elastic,
  warp,
  correct,
  tally,
];
