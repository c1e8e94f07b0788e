/** A net and the whole state of its training as files for PyTorch. */
import { checkKeys, isList, member } from '../base/arguments.ts';
import type { Bytes } from '../base/as-bytes.ts';
import { ArgumentError } from '../base/errors.ts';
import { isObject, parseJson } from '../base/json.ts';
import { showValue } from '../base/show-value.ts';
import type { Dataset } from '../data/dataset.ts';
import type { LayerActivation } from '../nn/layers/layer.ts';
import { outputs, type Parameter, parametersOf } from '../nn/model.ts';
import { valuesByKey } from '../nn/parameter-patterns.ts';
import { CHECKSUMS, parseChecked, withChecksums } from '../saved/checksums.ts';
import { MODEL, plain, RECORD, type Saved } from '../saved/model-text.ts';
import { readModel } from '../saved/read-model.ts';
import { formatStored, storedIn, type TensorFile } from '../saved/safetensors.ts';
import { fileOf, type Savable } from '../saved/savable.ts';
import { checkWeights } from '../saved/weights.ts';
import { standIn } from './activations.ts';
import { arrayFiles } from './array-files.ts';
import { modelText } from './model-text.ts';
import state from './python/state.py';
import { readme } from './readme.ts';
import { runFiles } from './run-files.ts';

/** Options of {@link exportPyTorch}. */
export interface ExportPyTorchOptions {
  /**
   * The activations from `pointwise` that the model has, whose WGSL stands as a comment in the functions that are to be filled
   * in: a file holds their names alone. Default: none.
   */
  activations?: readonly LayerActivation[];
  /** The samples that the net is trained on, which `data/` gets. Default: none, and `train.py` is given files. */
  train?: Dataset;
  /** The samples that it is tested on after each epoch. Default: none. */
  test?: Dataset;
}

/** The key of the options of a run, in the metadata of a file that the command wrote. */
const COMMAND = 'retrograd.cli';

/**
 * A net and the whole state of its training as the files of a folder in which PyTorch trains it further, alone or in several
 * processes. They need `torch` and `numpy`, and nothing else.
 *
 * `model.py` has the net as a module `Net`, with retrograd's conventions and initialisation: those of the layers, as a file does not
 * hold initialisers of your own. `weights.safetensors` is the file of the net. `state.py` reads and writes it, and makes an
 * optimizer of `torch.optim` with the state that it has. `config.json` says all that training depends on beside the tensors.
 *
 * `train.py` trains, with the same batches, masks and rates as `Trainer.fit` would, and saves a file that `Trainer.load`
 * and `retrograd train --resume` take back. It reads the samples from `data/`, where the export gets them, or from IDX files, a table or a
 * file of NumPy.
 *
 * An activation from `pointwise` and a loss from `lossFunction` are WGSL, which is not translated. Each becomes a Python
 * function that says that it is to be filled in, and raises NotImplementedError until it is.
 *
 * @param net A `Trainer`, or the bytes of a file of `Trainer.save`.
 * @returns Texts and bytes by the names of the files.
 * @throws {ArgumentError} For anything but a net or bytes, or an invalid option.
 * @throws {DataError} For bytes that are no file of a net, and a data set made by hand that is invalid.
 * @throws {ShapeError} For samples that do not fit the net.
 */
export async function exportPyTorch(
  net: Savable | Bytes,
  options: ExportPyTorchOptions = {},
): Promise<Record<string, string | Uint8Array>> {
  checkKeys('exportPyTorch', options, ['activations', 'train', 'test']);
  checkActivations(options.activations);
  return pytorchOf(await fileOf(net, 'exportPyTorch'), 'exportPyTorch: net', options);
}

/** The same of a file, called so in errors. */
export async function pytorchOf(
  file: Bytes,
  where: string,
  { activations = [], train, test }: ExportPyTorchOptions = {},
): Promise<Record<string, string | Uint8Array>> {
  const { tensors, metadata } = parseChecked(file, where);
  const saved = await readModel(metadata[MODEL], where, [...activations, ...standIns(metadata[MODEL], activations)]);
  const parameters = parametersOf(saved.model);
  checkWeights(parameters, tensors, where);
  const config = configOf(saved, parameters, metadata);
  const data = arrayFiles(saved.model, { ...(train && { train }), ...(test && { test }) });
  return {
    'README.md': readme(saved),
    'model.py': modelText(saved.model, saved.loss, config.frozen),
    'state.py': state,
    ...runFiles,
    'config.json': `${JSON.stringify(config, undefined, 2)}\n`,
    'weights.safetensors': formatted(tensors, metadata),
    ...data,
  };
}

/** Throws ArgumentError unless they are a list of activations from `pointwise`. */
function checkActivations(activations: unknown): void {
  if (activations === undefined) return;
  const isOwn = (of: unknown) => typeof member(member(of, 'activation'), 'wgsl') === 'string';
  if (isList(activations) && activations.every(isOwn)) return;
  const found = showValue(activations);
  throw new ArgumentError(`exportPyTorch: activations must be a list of activations from pointwise(), found ${found}`);
}

/** For the activations that the file has from `pointwise` and that are not given. */
function standIns(text: string | undefined, given: readonly LayerActivation[]): LayerActivation[] {
  const layers = member(parseJson(text ?? ''), 'layers');
  const known = new Set(given.map((activation) => JSON.stringify(plain(activation))));
  return (isList(layers) ? layers : []).flatMap((layer) => {
    const activation = member(layer, 'activation');
    if (!isObject(activation) || known.has(JSON.stringify({ activation }))) return [];
    return [standIn(String(activation.name), String(activation.wgsl))];
  });
}

/** What training depends on beside the tensors, by parameter where the options had patterns; `optimizer` is null in a file of weights. */
function configOf({ model, data }: Saved, parameters: readonly Parameter[], metadata: TensorFile['metadata']) {
  const [record, command] = [RECORD, COMMAND].map((name) => parseJson(metadata[name] ?? ''));
  const part = (of: unknown, name: string): Record<string, unknown> => {
    const found = member(of, name);
    return isObject(found) ? found : {};
  };
  const net = part(record, 'net');
  const { update = {}, optimizer = null, batch = 1 } = net as { update?: object; optimizer?: object; batch?: number };
  const keys = parameters.map(({ key }) => key);
  const byKey = (name: string) =>
    Object.fromEntries(
      valuesByKey('exportPyTorch: net', part(update, name) as Readonly<Record<string, unknown>>, keys),
    );
  const all = member(optimizer, 'decayed') === 'all';
  return {
    input: model.input,
    outputs: outputs(model),
    batch,
    loss: member(parseJson(metadata[MODEL]), 'loss'),
    optimizer,
    decays: parameters.filter(({ trained, decays }) => trained && (all || decays)).map(({ key }) => key),
    factors: byKey('learningRates'),
    update: { ...update, regularize: byKey('regularize') },
    frozen: (member(record, 'frozen') ?? []) as readonly string[],
    data,
    cli: part(command, 'options'),
    ...part(record, 'position'),
  };
}

function formatted(tensors: TensorFile['tensors'], { [CHECKSUMS]: _, ...metadata }: TensorFile['metadata']) {
  const file = { stored: storedIn('exportPyTorch', tensors), metadata };
  return formatStored({ ...file, metadata: withChecksums(file) });
}
