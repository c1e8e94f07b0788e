/** Every op. The op-wide tests run over this list; a new op is one line here. */
import type { Op } from '../graph/op.ts';
import { accumulate, perSample, whenDue } from './accumulate.ts';
import { activation, activationGradient, activationSlope } from './activation.ts';
import { affine } from './affine.ts';
import { amongHighest } from './among-highest.ts';
import { add, bias, copy, hadamard, scale, times } from './arithmetic.ts';
import { averagePool, averagePoolGradient } from './average-pool.ts';
import { columnSum } from './column-sum.ts';
import { concat } from './concat.ts';
import { conv2d, conv2dInputGradient } from './conv2d.ts';
import { conv2dFilterGradient } from './conv2d-filter-gradient.ts';
import { highest, reaches } from './decisions.ts';
import { dropout } from './dropout.ts';
import { elastic } from './elastic.ts';
import { embedding, embeddingGradient } from './embedding.ts';
import { gather } from './gather.ts';
import { gatherParts } from './gather-parts.ts';
import { clip, norm, squareSums } from './gradient-norm.ts';
import { gru, gruGradient, gruHiddenGradient } from './gru.ts';
import { klDivergence } from './kl-divergence.ts';
import { labelGradient, labelTerms } from './label-terms.ts';
import { lossGradient, lossTerms } from './loss.ts';
import { lstm, lstmCells, lstmGradient } from './lstm.ts';
import { matmul } from './matmul.ts';
import { maxPool, maxPoolGradient, maxPoolPlace } from './max-pool.ts';
import { correct } from './metrics.ts';
import { mean, variance } from './moments.ts';
import { meanGradient, varianceGradient } from './moments-gradient.ts';
import {
  addScaled,
  addSign,
  average,
  averageSquare,
  averageWeights,
  descend,
  momentum,
  normalize,
} from './optimizer-steps.ts';
import { partialSum } from './partial-sum.ts';
import { prelu, preluGradient, preluSlopeGradient } from './prelu.ts';
import { record } from './record.ts';
import { reshape } from './reshape.ts';
import { difference, magnitude } from './residuals.ts';
import { rowSum } from './row-sum.ts';
import { among, permute, slice } from './rows.ts';
import { softTargets } from './soft-targets.ts';
import { softmax, softmaxGradient } from './softmax.ts';
import { softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmax-cross-entropy.ts';
import { firstPlaces, mergeIndices, sortIndices } from './sort-indices.ts';
import { firstColumn, spread } from './spread.ts';
import { follow, perDeviation, standardize, unbiased } from './standardize.ts';
import { inSteps, keepSteps, previousSteps, sideBySide, stepMask } from './steps.ts';
import { tally } from './total.ts';
import { sumPool, upsample } from './upsample.ts';
import { valid } from './valid.ts';
import { warp } from './warp.ts';
import { inDeviations, zScore } from './z-score.ts';

/** What overwrites parameters and optimizer state, and may have to wait. */
export const updates = [descend, momentum, average, averageSquare, averageWeights];

export const ops: readonly Op[] = [
  matmul,
  conv2d,
  conv2dInputGradient,
  conv2dFilterGradient,
  partialSum,
  maxPool,
  maxPoolPlace,
  maxPoolGradient,
  averagePool,
  averagePoolGradient,
  upsample,
  sumPool,
  embedding,
  sortIndices,
  mergeIndices,
  firstPlaces,
  embeddingGradient,
  sideBySide,
  inSteps,
  previousSteps,
  stepMask,
  keepSteps,
  gru,
  gruGradient,
  gruHiddenGradient,
  lstm,
  lstmCells,
  lstmGradient,
  reshape,
  concat,
  slice,
  among,
  permute,
  bias,
  scale,
  add,
  copy,
  hadamard,
  times,
  prelu,
  preluGradient,
  preluSlopeGradient,
  activation,
  activationGradient,
  activationSlope,
  dropout,
  valid,
  softmax,
  softmaxGradient,
  lossTerms,
  lossGradient,
  labelTerms,
  labelGradient,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
  klDivergence,
  softTargets,
  rowSum,
  columnSum,
  mean,
  meanGradient,
  variance,
  varianceGradient,
  standardize,
  perDeviation,
  zScore,
  inDeviations,
  unbiased,
  follow,
  squareSums,
  norm,
  clip,
  descend,
  addScaled,
  addSign,
  momentum,
  average,
  averageSquare,
  averageWeights,
  normalize,
  accumulate,
  perSample,
  ...updates.map(whenDue),
  gather,
  gatherParts,
  affine,
  elastic,
  warp,
  correct,
  highest,
  reaches,
  amongHighest,
  difference,
  magnitude,
  record,
  firstColumn,
  spread,
  tally,
];
