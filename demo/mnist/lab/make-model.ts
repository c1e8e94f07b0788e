import { apply, dense, input, type LayerActivation, type Model, type Symbolic } from 'retrograd';
import { modelOf } from '../../../src/nn/model.ts';
import { type HiddenLayer, kindOf } from '../layers.ts';
import { fit } from '../net-shapes.ts';
import { libraryFor } from './library-layers.ts';
import { CLASSES } from './protocol.ts';

/** From the pixels through the hidden layers to one number per class. Layer i of the model is `hidden[i]`. */
export async function makeModel(hidden: readonly HiddenLayer[], output: LayerActivation): Promise<Model> {
  const library = await libraryFor(hidden);
  const values: Symbolic[] = [input(fit(hidden).shapes[0])];
  for (const layer of hidden) {
    const { make, takes = () => [1] } = kindOf(layer);
    const inputs = takes(layer).map((back) => values[values.length - back]);
    values.push(apply(make(layer, library), ...inputs));
  }
  return modelOf(values[0], apply(dense(CLASSES, output), values[values.length - 1]));
}
