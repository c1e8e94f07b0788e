/** A ReLU whose slope below 0 is trained. */
import { append } from '../../graph/graph.ts';
import { prelu as preluOp } from '../../ops/prelu.ts';
import { type LayerCase, type LayerKind, ofKind } from './layer.ts';

/** A PReLU layer as plain data; made by {@link prelu}. */
export interface Prelu {
  /** Kind of layer. */
  readonly layer: 'prelu';
}

/**
 * The parametric ReLU (He et al. 2015): `a = x` for x > 0, else `α x`, with an α for each feature of `[features]`, or each channel of
 * `[channels, ...]`; PyTorch's `PReLU(channels)`.
 *
 * Parameters: `layers.i.weight` (α), `[features]` or `[channels]`, which starts at 0.25. Optimizers with `decayed: 'weights'` do not
 * decay it: that would turn the layer into a ReLU.
 */
export const prelu = (): Prelu => ofKind(preluKind, { layer: 'prelu' });

/** α of every channel before training, as in PyTorch. */
const BEGINS_AT = 0.25;

export const preluKind: LayerKind<Prelu> = {
  shape: (_layer, [x]) => x,

  append(_layer, { graph, index, parameter }, [x]) {
    const [channels] = x.shape;
    const init = new Float32Array(channels).fill(BEGINS_AT);
    const alpha = parameter('alpha', { key: 'weight', shape: [channels], init });
    return append(graph, preluOp, [x, alpha], {}, `a${index}`);
  },

  remade: prelu,

  describe: () => 'prelu',
};

export const preluCases = (): readonly LayerCase[] => [
  { layer: prelu(), inputs: [[7]] },
  { layer: prelu(), inputs: [[3, 4, 2]] },
];
