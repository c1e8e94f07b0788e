/** The settings of the plane in the address of the page: 'data=spirals&hidden=8,8', what differs from the usual. */
import { optimizers } from '../../config.ts';
import { type FeatureName, featureNames } from '../../lab/plane/features.ts';
import {
  type PlaneSettings,
  penalties,
  planeActivations,
  planeDatasets,
  planeLimits,
  usualPlane,
} from '../../lab/plane/plane-protocol.ts';

export function writePlane(settings: PlaneSettings): string {
  return (Object.keys(usualPlane) as (keyof PlaneSettings)[])
    .filter((key) => String(settings[key]) !== String(usualPlane[key]))
    .map((key) => `${key}=${settings[key]}`)
    .join('&');
}

/** What an address says, as far as it makes sense; the usual for the rest. */
export function readPlane(text: string): PlaneSettings {
  const given = new URLSearchParams(text);
  const oneOf = <K extends 'data' | 'activation' | 'optimizer' | 'penalty'>(key: K, known: readonly string[]) => {
    const value = given.get(key);
    return (value !== null && known.includes(value) ? value : usualPlane[key]) as PlaneSettings[K];
  };
  const number = (key: 'noise' | 'share' | 'learningRate' | 'batch' | 'strength' | 'seed'): number => {
    const value = Number(given.get(key)?.trim() || Number.NaN); // Number('') is 0
    const whole = key === 'batch' || key === 'seed' || key === 'share';
    const { least, most } = planeLimits[key];
    return value >= least && value <= most && (!whole || Number.isInteger(value)) ? value : usualPlane[key];
  };
  return {
    data: oneOf('data', Object.keys(planeDatasets)),
    noise: number('noise'),
    share: number('share'),
    features: featuresFrom(given.get('features')) ?? usualPlane.features,
    hidden: hiddenFrom(given.get('hidden')) ?? usualPlane.hidden,
    activation: oneOf('activation', planeActivations),
    optimizer: oneOf('optimizer', Object.keys(optimizers)),
    learningRate: number('learningRate'),
    batch: number('batch'),
    penalty: oneOf('penalty', Object.keys(penalties)),
    strength: number('strength'),
    seed: number('seed'),
  };
}

/** In the order in which the page shows them. */
function featuresFrom(text: string | null): FeatureName[] | undefined {
  const wanted = text?.split(',') ?? [];
  const known = featureNames.filter((name) => wanted.includes(name));
  return known.length > 0 ? known : undefined;
}

/** '4,2'; '' stands for no hidden layer. */
function hiddenFrom(text: string | null): number[] | undefined {
  if (text === null) return undefined;
  const units = text === '' ? [] : text.split(',').map(Number);
  const { least, most } = planeLimits.units;
  const fits = units.every((count) => Number.isInteger(count) && count >= least && count <= most);
  return fits && units.length <= planeLimits.layers ? units : undefined;
}
