import { grid, imageOfUnit, matrix } from './arrangement.ts';
import { tiny } from './format.ts';
import type { View } from './inspection.ts';
import { isMatrix, layerOf } from './names.ts';
import { Canvas } from './picture.tsx';
import { scaleOf } from './scales.ts';
import { lastLayer, unitOf } from './selection.ts';

/** Numbers on a side of the small picture of a matrix, at most. */
const MOST = 44;

/** A tensor at a glance; of the first layer's weights, those of the unit looked at. */
export const Thumbnail = ({ view, name }: { readonly view: View; readonly name: string }) => {
  const { shape, data } = view.tensors[name];
  if (data.length === 1) return <span class="microscope-number">{tiny(data[0])}</span>;
  const arrangement = !isMatrix(name)
    ? grid(data.length)
    : layerOf(name, lastLayer(view)) === 1
      ? imageOfUnit(unitOf(view, 1))
      : matrix(shape[0], shape[1], MOST);
  return <Canvas data={data} arrangement={arrangement} scale={scaleOf(name, data)} />;
};
