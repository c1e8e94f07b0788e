/** Opens a model from its file. */
import { checkNumber, isList } from '../base/arguments.ts';
import { ArgumentError } from '../base/errors.ts';
import { showValue } from '../base/show-value.ts';
import { nameOf, readBytes, type Source } from '../data/bytes.ts';
import { checkLimits, type ReadLimits } from '../data/read-options.ts';
import { type Device, isDevice } from '../engine/device.ts';
import { gpuEngine } from '../engine/gpu-engine.ts';
import { createGraph } from '../graph/graph.ts';
import { batch as batchLeaf, leaf } from '../graph/leaf.ts';
import { appendActivation } from '../nn/layers/activation.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';
import type { LossFunction } from '../nn/losses/loss.ts';
import { factsOf } from '../nn/losses/registry.ts';
import { appendModel, features, type Model, outputs, severalOutputs } from '../nn/model.ts';
import { parseChecked } from '../saved/checksums.ts';
import { MODEL, type Saved } from '../saved/model-text.ts';
import { readModel } from '../saved/read-model.ts';
import { checkWeights } from '../saved/weights.ts';
import { Batcher } from './batcher.ts';
import { openDevice } from './open-device.ts';
import { Predictor } from './predictor.ts';
import { formOf } from './samples.ts';

/** Options of {@link openModel}. */
export interface OpenModelOptions extends ReadLimits {
  /**
   * A device from {@link openDevice}, which you destroy, or `'cpu'` for the CPU reference. Default: a device that `openModel`
   * opens and {@link Predictor.destroy} destroys.
   */
  device?: Device | 'cpu';
  /** The activations from `pointwise` that the model has: a file holds their names, not their functions. Default: none. */
  activations?: readonly LayerActivation[];
  /**
   * The losses from `lossFunction` that the model was trained with: a file holds their names, not their functions. Only
   * {@link Predictor.evaluate} needs them. Default: none.
   */
  losses?: readonly LossFunction[];
  /** Factor for the numbers that `predict` gets. Default: that of the data set of training. */
  scale?: number;
}

/**
 * Opens a model from a file that `net.save()` wrote, to predict with it. The file says everything: the layers, the
 * shape of a sample, the names of the classes, and the form in which samples went into training.
 *
 * @param source The file: bytes, a Blob, a URL or, in Node, a path.
 * @throws {ArgumentError} For an invalid source or option.
 * @throws {DataError} For a file that is missing, damaged or too long, or that says no model, as older versions and other
 * libraries write it.
 * @throws {NoAdapterError} If no `device` is given and none can be opened.
 * @throws {OutOfMemoryError} For tensors that the device cannot hold.
 * @throws {ShaderError} For a shader that does not compile, such as the WGSL of an activation of your own.
 */
export async function openModel<M extends Model = Model>(
  source: Source,
  options: OpenModelOptions = {},
): Promise<Predictor<M>> {
  checkOptions(options);
  const { activations = [], losses = [], scale, maxBytes, timeout } = options;
  const where = nameOf(source);
  const bytes = await readBytes(source, { maxBytes, timeout });
  const { tensors, metadata } = parseChecked(bytes, where);
  const saved = await readModel(metadata[MODEL], where, activations);
  const { parameters } = graphOf(saved, 1);
  checkWeights(parameters, tensors, where);
  const ownDevice = options.device === undefined ? await openDevice() : undefined;
  const device = options.device ?? ownDevice!;
  const engine = await engineOn(device).catch((error) => {
    ownDevice?.destroy();
    throw error;
  });
  try {
    const names = parameters.map(({ node }) => node.name);
    const { model } = saved;
    const net = { engine, inputs: features(model), outputs: outputs(model), weights: names };
    const batcher = await Batcher.of({ ...net, graphOf: (batch) => graphOf(saved, batch) }, (program) => {
      for (const { key, node } of parameters) program.write(node.name, tensors[key].data);
    });
    const form = formOf(model.input, saved.data, scale);
    return new Predictor<M>({ saved, losses, form, scale, engine, batcher, ownDevice });
  } catch (error) {
    engine.destroy();
    ownDevice?.destroy();
    throw error;
  }
}

const engineOn = async (device: Device | 'cpu') =>
  device === 'cpu' ? (await import('../engine/cpu-engine.ts')).cpuEngine() : gpuEngine(device);

/** x -> what is predicted, for so many samples at a time. */
function graphOf({ model, loss }: Saved, batch: number) {
  const graph = createGraph();
  const x = leaf(graph, batchLeaf, 'x', [...model.input, batch]);
  const { outputs, parameters } = appendModel(graph, model, x, false);
  const activations = Object.values(loss.outputs ?? { '': loss }).map((one) => factsOf(one).prediction);
  const { rule } = severalOutputs(model) ?? {};
  const prediction = rule
    ? rule.predict(graph, outputs, activations, Object.keys(loss.outputs!))
    : appendActivation(graph, activations[0], outputs[0], 'prediction');
  return { graph, parameters, prediction: prediction.name };
}

function checkOptions(options: OpenModelOptions): void {
  checkLimits('openModel', options, ['device', 'activations', 'losses', 'scale']);
  const { device, activations = [], losses = [], scale } = options;
  if (device !== undefined && device !== 'cpu' && !isDevice(device)) {
    throw new ArgumentError(
      `openModel: device must be one from openDevice(), 'cpu', or left out, found ${showValue(device)}`,
    );
  }
  if (!isList(activations))
    throw new ArgumentError(`openModel: activations must be a list of them, found ${showValue(activations)}`);
  if (!isList(losses)) throw new ArgumentError(`openModel: losses must be a list of them, found ${showValue(losses)}`);
  if (scale !== undefined) checkNumber('openModel: scale', scale, 'a finite number', () => true);
}
