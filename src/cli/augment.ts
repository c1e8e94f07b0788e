/** The value of --augment: settings of `fit`'s `augment`, as 'rotate=15,elastic=34:4'. */
import { InvalidArgumentError } from 'commander';
import { ArgumentError, type AugmentOptions } from '../index.node.ts';
import { checkAugment } from '../train/augmentation.ts';
import { nonNegative } from './parse.ts';

export function augment(text: string): AugmentOptions {
  const settings = text.split(',').map(setting);
  const options = Object.fromEntries(settings);
  if (Object.keys(options).length < settings.length) throw new InvalidArgumentError('Expected each setting only once.');
  try {
    checkAugment(options, '--augment');
    return options;
  } catch (error) {
    if (!(error instanceof ArgumentError)) throw error;
    throw new InvalidArgumentError(`${error.message}.`);
  }
}

/** 'rotate=15' -> ['rotate', 15], 'elastic=34:4' -> ['elastic', { alpha: 34, sigma: 4 }] */
function setting(text: string): [string, unknown] {
  const [name, value = ''] = text.split(/=(.*)/s);
  if (value === '') throw new InvalidArgumentError('Expected settings such as rotate=15 or rotate=15,elastic=34:4.');
  if (name !== 'elastic') return [name, nonNegative(value)];
  const [alpha, sigma, ...more] = value.split(':').map(nonNegative);
  if (sigma !== undefined && more.length === 0) return [name, { alpha, sigma }];
  throw new InvalidArgumentError('Expected elastic=alpha:sigma, such as elastic=34:4.');
}

/** 'rotate 15, elastic 34:4' */
export const describeAugment = ({ elastic, ...others }: AugmentOptions): string =>
  [
    ...Object.entries(others).map(([name, value]) => `${name} ${value}`),
    ...(elastic ? [`elastic ${elastic.alpha}:${elastic.sigma}`] : []),
  ].join(', ');
