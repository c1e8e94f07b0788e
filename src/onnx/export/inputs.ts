/**
 * The inputs of an ONNX graph: samples as they were given in training, such as bytes, which nodes turn into what the net sees; or
 * whole numbers, where an embedding alone takes them.
 */
import type { Shape } from '../../base/tensor.ts';
import type { InputLayer } from '../../nn/layers/index.ts';
import { kindOf } from '../../nn/layers/layer.ts';
import type { Model } from '../../nn/model.ts';
import type { Saved } from '../../saved/model-text.ts';
import { DATA_TYPES } from '../messages.ts';

export interface GraphInput {
  readonly name: string;
  /** Shape of one sample. */
  readonly shape: Shape;
  /** The number of its value in the model. */
  readonly value: number;
  /** One of the data types. */
  readonly type: number;
  /** Factor for its numbers. */
  readonly scale: number;
}

/** The inputs of a net. Unless they are `raw`, they take what the net sees. */
export function inputsOf({ model, data }: Saved, raw: boolean): GraphInput[] {
  const named = model.layers.flatMap((layer, i) => (layer.layer === 'input' ? [{ layer, value: i + 1 }] : []));
  const given = named.map(({ layer: { name, shape }, value }: { layer: InputLayer; value: number }, i) => {
    return { name, shape, value, facts: data?.inputs?.[i] };
  });
  const inputs = given.length > 0 ? given : [{ name: 'input', shape: model.input, value: 0, facts: data }];
  return inputs.map(({ facts, ...input }) => {
    const { type, scale } = (raw && facts) || { type: 'float32', scale: 1 };
    if (scale === 1 && areIndices(model, input.value)) return { ...input, scale, type: DATA_TYPES.int64 };
    return { ...input, scale, type: type === 'uint8' ? DATA_TYPES.uint8 : DATA_TYPES.float };
  });
}

/** Whether embeddings alone take the numbers of a value, in other places or not. */
function areIndices(model: Model, value: number): boolean {
  const users = model.layers.flatMap((layer, i) => (model.wiring[i].includes(value) ? [{ layer, i }] : []));
  const passes = ({ layer, i }: (typeof users)[number]): boolean =>
    layer.layer === 'embedding' || (kindOf(layer).rearranges === true && areIndices(model, i + 1));
  return users.length > 0 && users.every(passes);
}
