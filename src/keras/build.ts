/** From the layers of a Keras model to the values of one of this library. */
import { isCount } from '../base/arguments.ts';
import { DataError, RetrogradError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { show, size } from '../base/tensor.ts';
import { input, type Symbolic } from '../nn/model.ts';
import { takesZeros } from './convolutions.ts';
import { type Assigned, Site, Unsupported } from './site.ts';
import type { Reference, Topology } from './topology.ts';
import { imageOf, type Value } from './values.ts';

/** In which order images are given: as in Keras, or with their channels first. */
export type Layout = 'hwc' | 'chw';

export interface Built {
  /** By the names of their layers. */
  readonly inputs: readonly (readonly [name: string, value: Symbolic])[];
  readonly outputs: readonly (readonly [name: string, value: Value])[];
  readonly assigned: readonly Assigned[];
}

/** Builds the values. Shapes that a layer cannot be applied to go to `unsupported`. Throws DataError for layers in a circle. */
export function build(topology: Topology, layout: Layout, unsupported: string[]): Built {
  const sites = new Map<Topology, readonly Site[]>();
  const inputs = topology.inputs.map(({ layer }): readonly [string, Value | undefined] => {
    const { layer: of, shape } = topology.elements[layer];
    return [of.name, inputOf(shape, layout, of.name, unsupported)];
  });
  const outputs = run(
    topology,
    inputs.map(([, value]) => value),
  );
  const ends = topology.outputs.map(({ layer }, i): readonly [string, Value | undefined] => {
    const value = outputs[i];
    if (value?.padded) unsupported.push(`${topology.elements[layer].layer.name}: zeros around images as the output`);
    return [topology.elements[layer].layer.name, value];
  });
  return {
    inputs: inputs.flatMap(([name, value]) => (value ? [[name, value.value] as const] : [])),
    outputs: ends.flatMap(([name, value]) => (value ? [[name, value] as const] : [])),
    assigned: [...sites.values()].flat().flatMap(({ assigned }) => assigned),
  };

  /** The layers of a model, the same wherever that is applied. */
  function sitesOf(topology: Topology, isShared: boolean): readonly Site[] {
    const known = sites.get(topology);
    if (known) return known;
    const made = topology.elements.map(({ layer, nodes }) => new Site(layer, isShared || nodes.length > 1));
    sites.set(topology, made);
    return made;
  }

  /** The outputs of a model, for its inputs; undefined for what depends on a layer that is not supported. */
  function run(topology: Topology, given: readonly (Value | undefined)[], isShared = false): (Value | undefined)[] {
    const { elements, inputs, outputs } = topology;
    const own = sitesOf(topology, isShared);
    const found = new Map<string, Value | undefined>();
    const keyOf = ({ layer, node }: Reference) => `${layer} ${node}`;
    inputs.forEach((reference, i) => void found.set(keyOf(reference), given[i]));
    const open = new Set<string>();
    // A walk without recursion: what a node is applied to comes before it.
    const stack = [...outputs];
    while (stack.length > 0) {
      const reference = stack[stack.length - 1];
      const key = keyOf(reference);
      const { layer, nodes } = elements[reference.layer];
      const of = nodes[reference.node];
      if (!of)
        throw new DataError(`model.json: ${layer.name}: expected node ${reference.node}, found ${nodes.length} nodes`);
      const missing = found.has(key) ? [] : of.filter((one) => !found.has(keyOf(one)));
      if (missing.length > 0) {
        if (open.has(key))
          throw new DataError(`model.json: ${layer.name}: expected layers in an order, found a circle`);
        open.add(key);
        stack.push(...missing);
        continue;
      }
      stack.pop();
      if (!found.has(key))
        found.set(
          key,
          applied(
            reference,
            of.map((one) => found.get(keyOf(one))),
          ),
        );
    }
    return outputs.map((reference) => found.get(keyOf(reference)));

    function applied({ layer }: Reference, values: readonly (Value | undefined)[]): Value | undefined {
      const { layer: of, apply, inside, nodes } = elements[layer];
      if (values.length === 0) throw new DataError(`model.json: ${of.name}: expected one of the inputs of the model`);
      if (inside) return run(inside, values, isShared || nodes.length > 1)[0];
      const known = values.flatMap((value) => value ?? []);
      if (known.length < values.length || !apply) return undefined;
      try {
        if (known.some(({ padded }) => padded) && !takesZeros.test(of.className))
          throw new Unsupported('expected zeros of ZeroPadding2D in front of convolutions and MaxPooling2D alone');
        return counted(apply(known, own[layer]));
      } catch (error) {
        if (!(error instanceof Unsupported || error instanceof RetrogradError)) throw error;
        unsupported.push(`${of.name} (${of.className}): ${error.message}`);
        return undefined;
      }
    }
  }
}

/** Numbers in a sample, and so in what is made for each of them: more than any device holds for a batch. */
const MOST_NUMBERS = 2 ** 28;

/** The value, unless a file has made it larger than any. Throws Unsupported. */
function counted(value: Value): Value {
  if (size(value.shape) <= MOST_NUMBERS) return value;
  throw new Unsupported(`expected samples of at most ${MOST_NUMBERS} numbers, found ${show(value.shape)}`);
}

function inputOf(
  shape: readonly unknown[] | undefined,
  layout: Layout,
  name: string,
  unsupported: string[],
): Value | undefined {
  if (!shape || shape.length === 0 || !shape.every(isCount)) {
    unsupported.push(
      `${name} (InputLayer): batch_input_shape: expected sizes that are fixed, found ${showValue(shape)}`,
    );
    return undefined;
  }
  const sizes = shape as number[];
  if (sizes.length > 3 || size(sizes) > MOST_NUMBERS) {
    const expected = `samples of at most three axes and ${MOST_NUMBERS} numbers`;
    unsupported.push(`${name} (InputLayer): expected ${expected}, found ${show(sizes)}`);
    return undefined;
  }
  const channels = sizes[sizes.length - 1];
  // Both orders are the same for a single channel.
  if (sizes.length === 3 && (layout === 'chw' || channels === 1))
    return imageOf(input([channels, ...sizes.slice(0, -1)]));
  return { value: input(sizes), shape: sizes };
}
