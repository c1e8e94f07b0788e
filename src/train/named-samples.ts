/** Samples of a caller's as a model takes them: whole ones, or those of several inputs by name. */
import { keysOf } from '../base/arguments.ts';
import type { NamedRows, Rows } from '../base/numbers.ts';
import { size } from '../base/tensor.ts';
import type { DataFacts } from '../data/data-facts.ts';
import { features, inputsRuleOf, type Model } from '../nn/model.ts';
import { samplesFrom } from './batch.ts';

/**
 * Samples [n][features], bytes times the scale of training. Throws ArgumentError for other names, ShapeError unless they are
 * whole samples, and DataError for the first number that is not finite.
 */
export function wholeSamples(model: Model, x: Rows | NamedRows, where: string, data?: DataFacts): Float32Array {
  const rule = keysOf(x) && inputsRuleOf(model);
  if (!rule) return samplesFrom(x as Rows, features(model), `${where}: x`, data?.scale);
  const parts = rule.partsOf(model.layers, x, where).map(({ name, shape, x }) => {
    const scale = data?.inputs?.find((one) => one.name === name)?.scale;
    return { name, shape, samples: samplesFrom(x as Rows, size(shape), `${where}: ${name}`, scale) };
  });
  return rule.join(parts, where);
}
