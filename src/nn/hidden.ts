/** A hidden layer, with what is put around its activation to train better. */
import { activation, batchNorm, dropout, type Layer, type LayerActivation, linear } from './layers/index.ts';

export interface Hidden {
  /** Whether the weighted sums are normalised before the activation. Default: false. */
  readonly batchNorm?: boolean;
  /** Rate of the dropout behind the activation. Default: none. */
  readonly dropout?: number;
}

/** Layers: that with weights, made for an activation; and normalisation, activation and dropout behind it where they are asked for. */
export function hidden(of: (f: LayerActivation) => Layer, f: LayerActivation, options: Hidden): Layer[] {
  const { batchNorm: isNormal = false, dropout: rate } = options;
  const layers = isNormal ? [of(linear), batchNorm(), activation(f)] : [of(f)];
  return rate === undefined ? layers : [...layers, dropout(rate)];
}
