/** σ and σ′ of each activation, as equations in z. */
import type { ActivationName } from '../../config.ts';
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
  silu: [z, '/', '(', '1', '+', toMinusZ, ')'],
  softplus: ['ln', '(', '1', '+', toZ, ')'],
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
  silu: ['s', '+', z, 's', '(', '1', '−', 's', ')', 'where', 's', '=', '1', '/', '(', '1', '+', toMinusZ, ')'],
  softplus: ['1', '/', '(', '1', '+', toMinusZ, ')'],
  linear: ['1'],
};
