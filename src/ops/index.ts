/** Every op. The op-wide tests run over this list; a new op is one line here. */
import { accumulate, perSample, whenDue } from './accumulate.ts';
import { activation, activationGradient, activationSlope } from './activation.ts';
import { affine } from './affine.ts';
import { averagePool, averagePoolGradient } from './average_pool.ts';
import { columnSum } from './column_sum.ts';
import { conv2d } from './conv2d.ts';
import { conv2dFilterGradient } from './conv2d_filter_gradient.ts';
import { conv2dInputGradient } from './conv2d_input_gradient.ts';
import { dropout } from './dropout.ts';
import { elastic } from './elastic.ts';
import { gather } from './gather.ts';
import { clip, norm, squareSums } from './gradient_norm.ts';
import { lossGradient, lossTerms } from './loss.ts';
import { matmul } from './matmul.ts';
import { maxPool, maxPoolGradient } from './max_pool.ts';
import { correct } from './metrics.ts';
import { mean, variance } from './moments.ts';
import { meanGradient, varianceGradient } from './moments_gradient.ts';
import type { Op } from './op.ts';
import { partialSum } from './partial_sum.ts';
import { add, bias, copy, hadamard, scale, times } from './pointwise.ts';
import { reshape } from './reshape.ts';
import { rowSum } from './row_sum.ts';
import { softTargets } from './soft_targets.ts';
import { softmax, softmaxGradient } from './softmax.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax_cross_entropy.ts';
import { follow, perDeviation, standardize, unbiased } from './standardize.ts';
import { tally } from './total.ts';
import { addScaled, average, averageSquare, descend, momentum, normalize } from './update.ts';
import { warp } from './warp.ts';

export const ops: readonly Op[] = [
  matmul,
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
  partialSum,
  maxPool,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  reshape,
  bias,
  scale,
  add,
  copy,
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
  follow,
  squareSums,
  norm,
  clip,
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
