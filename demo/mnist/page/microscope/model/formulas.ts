/** σ and σ′ of each activation, as equations in z. */
import type { ActivationName } from '../../../config.ts';
import type { Part } from './pages.ts';

const z = { tensor: 'z' };
const toMinusZ: Part = { power: '−z' };
const toZ: Part = { power: 'z' };

const geluArgument: readonly Part[] = ['0.7979', '(', z, '+', '0.0447', z, '³', ')'];

export const formulas: Record<ActivationName, readonly Part[]> = {
  sigmoid: ['1', '/', '(', '1', '+', toMinusZ, ')'],
  tanh: ['tanh', z],
  relu: ['max', '(', '0,', z, ')'],
  leakyRelu: [z, 'if', z, '>', '0', 'else', '0.01', z],
  elu: [z, 'if', z, '>', '0', 'else', toZ, '−', '1'],
  gelu: ['½', z, '(', '1', '+', 'tanh', '(', ...geluArgument, ')', ')'],
  exactGelu: [z, 'Φ', '(', z, ')'],
  silu: [z, '/', '(', '1', '+', toMinusZ, ')'],
  softplus: ['ln', '(', '1', '+', toZ, ')'],
  mish: [z, 'tanh', '(', 'ln', '(', '1', '+', toZ, ')', ')'],
  relu6: ['min', '(', 'max', '(', '0,', z, ')', ', 6', ')'],
  hardSigmoid: ['min', '(', 'max', '(', '0,', z, '/ 6 + ½', ')', ', 1', ')'],
  hardSwish: [z, 'min', '(', 'max', '(', '0,', z, '/ 6 + ½', ')', ', 1', ')'],
  selu: ['1.0507', z, 'if', z, '>', '0', 'else', '1.7581', '(', toZ, '−', '1', ')'],
  linear: [z],
};

export const slopes: Record<ActivationName, readonly Part[]> = {
  sigmoid: ['σ', '(', z, ')', '(', '1', '−', 'σ', '(', z, ')', ')'],
  tanh: ['1', '−', 'tanh', '²', z],
  relu: ['1', 'if', z, '>', '0', 'else', '0'],
  leakyRelu: ['1', 'if', z, '>', '0', 'else', '0.01'],
  elu: ['1', 'if', z, '>', '0', 'else', toZ],
  gelu: [
    ...['½', '(', '1', '+', 'tanh', 'w', ')', '+', '½', z, '(', '1', '−', 'tanh', '²', 'w', ')', 'w′'],
    'where',
    'w',
    '=',
    ...geluArgument,
  ],
  exactGelu: ['Φ', '(', z, ')', '+', z, 'φ', '(', z, ')'],
  silu: ['s', '+', z, 's', '(', '1', '−', 's', ')', 'where', 's', '=', '1', '/', '(', '1', '+', toMinusZ, ')'],
  softplus: ['1', '/', '(', '1', '+', toMinusZ, ')'],
  mish: [
    ...['t', '+', z, '(', '1', '−', 't', '²', ')', '/', '(', '1', '+', toMinusZ, ')'],
    ...['where', 't', '=', 'tanh', '(', 'ln', '(', '1', '+', toZ, ')', ')'],
  ],
  relu6: ['1', 'if', '0', '<', z, '<', '6', 'else', '0'],
  hardSigmoid: ['1/6', 'if', '−3', '<', z, '<', '3', 'else', '0'],
  hardSwish: ['0', 'if', z, '≤', '−3', 'else', '1', 'if', z, '≥', '3', 'else', z, '/ 3 + ½'],
  selu: ['1.0507', 'if', z, '>', '0', 'else', '1.7581', toZ],
  linear: ['1'],
};
