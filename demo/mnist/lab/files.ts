/** Files of the visitor's: which is which, and what to say of those that belong elsewhere. */
import { DataError } from 'retrograd';
import type { IdxSources } from 'retrograd/data';
import type { Config } from '../config.ts';
import { netInWords } from '../net-shapes.ts';
import { CLASSES, SIDE } from './protocol.ts';
import { type Found, recognise } from './recognise.ts';

type Place = 'data' | 'weights';
type Kind = Found['kind'];

interface Idx {
  readonly file: File;
  readonly kind: 'images' | 'labels';
  readonly shape: readonly number[];
}

const wanted: Record<Place, string> = {
  data: 'Choose the four IDX files of MNIST, or of a data set in the same format, all at once: training images and labels, test images and labels, plain or .gz.',
  weights: 'Choose a .safetensors file with weights, such as "Download the weights" makes.',
};

const DOWNLOAD_AGAIN = 'A server may have sent it instead of the file: download the file again.';
const UNPACK_WEIGHTS = 'Unpack it and choose the .safetensors file inside.';
const elsewhere: Record<Place, Partial<Record<Kind, string>>> = {
  data: {
    weights: 'Load weights in the section "Test set", with "Load weights".',
    packedWeights: 'Unpack it, then load the weights in the section "Test set", with "Load weights".',
    picture: 'Pictures cannot be loaded: draw the digit in the section "Draw a digit".',
    archive: 'Unpack it and choose the files inside.',
    page: DOWNLOAD_AGAIN,
  },
  weights: {
    images: 'Load data in the settings, under "Data", MNIST, "Use files of your own", all four files at once.',
    labels: 'Load data in the settings, under "Data", MNIST, "Use files of your own", all four files at once.',
    model: 'Save the weights as safetensors in the program that wrote it; in PyTorch: safetensors.torch.save_file.',
    packedWeights: UNPACK_WEIGHTS,
    archive: UNPACK_WEIGHTS,
    page: DOWNLOAD_AGAIN,
  },
};

const count = (n: number): string => n.toLocaleString('en');
const net = (units: readonly number[]): string => units.join(' → ');

/** 'an IDX file of 60,000 images of 28 × 28' */
export function titleOf(found: Found): string {
  if ('title' in found) return found.title;
  if (found.kind === 'labels') return `an IDX file of ${count(found.shape[0])} labels`;
  if (found.kind === 'images') {
    const [images, rows, columns] = found.shape;
    return `an IDX file of ${count(images)} images of ${rows} × ${columns}`;
  }
  return found.units
    ? `a file with the weights of a ${net(found.units)} network`
    : 'a safetensors file with other tensors';
}

const nameOf = (file: Blob): string => ('name' in file ? (file as File).name : 'the file');

/** Throws DataError unless the file is one of weights, and of a net with these layers where it tells. */
export async function checkWeights(file: Blob, { hidden }: Config): Promise<void> {
  const found = await recognise(file);
  const name = nameOf(file);
  if (found.kind !== 'weights') {
    const belongs = elsewhere.weights[found.kind];
    throw new DataError(sentences(`${name} is ${titleOf(found)}.`, belongs, wanted.weights));
  }
  const here = netInWords(hidden);
  if (!found.units || net(found.units) === here) return;
  const fits = found.units[0] === SIDE * SIDE && found.units.at(-1) === CLASSES;
  const layers = found.units.slice(1, -1).join(', ') || 'none';
  const remedy = fits
    ? `Set the hidden units to ${layers}, then load it.`
    : `This page only has networks from ${SIDE * SIDE} pixels to ${CLASSES} digits.`;
  throw new DataError(sentences(`${name} is ${titleOf(found)}, but the network here is ${here}.`, remedy));
}

/** The four files by their roles, as their contents have them. Throws DataError saying what was given and what is missing. */
export async function rolesOf(files: readonly File[]): Promise<IdxSources> {
  const found = await Promise.all(files.map(async (file) => ({ file, ...(await recognise(file)) })));
  const strange = found.filter(({ kind }) => kind !== 'images' && kind !== 'labels');
  if (strange.length > 0) {
    const said = strange.map(saying);
    const advice = [...new Set(strange.map(({ kind }) => elsewhere.data[kind]))].filter(Boolean).join(' ');
    throw new DataError(endingIn(said, advice, wanted.data));
  }
  const all = found as readonly Idx[];
  const [images, labels] = (['images', 'labels'] as const).map((kind) => all.filter((of) => of.kind === kind));
  const size = images.find(({ shape: [, rows, columns] }) => rows * columns !== SIDE * SIDE);
  if (size) throw new DataError(`${size.file.name} is ${titleOf(size)}, but the network here takes ${SIDE} × ${SIDE}.`);
  if (images.length !== 2 || labels.length !== 2) {
    throw new DataError(endingIn(all.map(saying), wanted.data));
  }
  const [trainImages, testImages] = trainAndTest(images);
  const [trainLabels, testLabels] = trainAndTest(labels);
  return { trainImages, trainLabels, testImages, testLabels };
}

/** By their names where those tell, else the larger one is to train on. */
function trainAndTest([a, b]: readonly Idx[]): [File, File] {
  const [isTrain, isTest] = [/^train/i, /^(t10k|test)/i];
  if (isTrain.test(a.file.name) && isTest.test(b.file.name)) return [a.file, b.file];
  if (isTrain.test(b.file.name) && isTest.test(a.file.name)) return [b.file, a.file];
  if (a.shape[0] !== b.shape[0]) return a.shape[0] > b.shape[0] ? [a.file, b.file] : [b.file, a.file];
  throw new DataError(
    `${a.file.name} and ${b.file.name} are both ${titleOf(a)}: rename them so that one begins with train and the other with test.`,
  );
}

const saying = (of: Found & { readonly file: File }): string => `${of.file.name} is ${titleOf(of)}.`;

/** A line of each file; what is to be done stands behind the last. */
const endingIn = (lines: readonly string[], ...rest: string[]): string[] => [
  ...lines.slice(0, -1),
  sentences(lines.at(-1), ...rest),
];

const sentences = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join(' ');
