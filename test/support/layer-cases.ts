/** The cases of all layers: what each file of layers exports as `nameCases`. */
import type { Layer } from '../../src/nn/layers/index.ts';
import { kindOf, type LayerCase } from '../../src/nn/layers/layer.ts';

const files = import.meta.glob<Record<string, unknown>>(['../../src/nn/layers/*.ts', '!**/index.ts'], { eager: true });

export const layerCases: readonly (LayerCase & { readonly layer: Layer })[] = Object.values(files).flatMap((file) =>
  Object.entries(file).flatMap(([name, value]) =>
    name.endsWith('Cases') ? ((value as () => readonly LayerCase[])() as (LayerCase & { layer: Layer })[]) : [],
  ),
);

/** Whole numbers from 0 on that an input has to be one of; undefined where it takes any number. */
export function choicesOf(layer: Layer): readonly number[] | undefined {
  const demand = kindOf(layer).demands?.(layer);
  return demand && Array.from({ length: 100 }, (_, i) => i).filter((i) => demand.ok(i));
}
