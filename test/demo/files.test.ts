/** Files that visitors hand over are told by their content, whatever they are called. */
import { describe, expect, test } from 'vitest';
import { usual } from '../../demo/mnist/config.ts';
import { checkWeights, rolesOf, titleOf } from '../../demo/mnist/lab/files.ts';
import { recognise } from '../../demo/mnist/lab/recognise.ts';
import { DataError, formatSafetensors } from '../../src/index.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const bytes = (...values: number[]): Bytes => Uint8Array.from(values);
/** ASCII, and \xhh for other bytes. */
const raw = (text: string): Bytes => Uint8Array.from(text, (character) => character.charCodeAt(0));

function idx(...shape: number[]): Bytes {
  const size = shape.reduce((a, b) => a * b);
  const file = new Uint8Array(4 + 4 * shape.length + size);
  file.set([0, 0, 8, shape.length, ...shape.flatMap((n) => [n >>> 24, n >>> 16, n >>> 8, n])]);
  return file;
}

async function gzip(content: Bytes): Promise<Bytes> {
  const stream = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const tensor = (...shape: number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b)) });
const weights = (...units: number[]): Bytes =>
  formatSafetensors(
    Object.fromEntries(
      units.slice(1).flatMap((out, i) => [
        [`layers.${i}.weight`, tensor(out, units[i])],
        [`layers.${i}.bias`, tensor(out)],
      ]),
    ),
  );

const file = (name: string, content: Bytes | string) => new File([content], name);
const titleOfBytes = async (content: Bytes | string) => titleOf(await recognise(new Blob([content])));

describe('recognise', () => {
  test.each<[string, Bytes | string]>([
    ['an IDX file of 3 images of 28 × 28', idx(3, 28, 28)],
    ['an IDX file of 7 labels', idx(7)],
    ['a file with the weights of a 784 → 32 → 10 network', weights(784, 32, 10)],
    ['a safetensors file with other tensors', formatSafetensors({ a: tensor(2) })],
    ['a PNG picture', raw('\x89PNG\r\n\x1a\n\0\0\0\rIHDR')],
    ['a JPEG picture', raw('\xff\xd8\xff\xe0\0\x10JFIF')],
    ['a WebP picture', raw('RIFF\x24\0\0\0WEBPVP8 ')],
    ['a GIF picture', raw('GIF89a')],
    ['a BMP picture', raw(`BM\x36\x04\0\0\0\0\0\0${'\0'.repeat(30)}`)],
    ['an SVG picture', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ['a zip archive', raw('PK\x03\x04\x14\0\0\0\x08\0train-images-idx3-ubyte')],
    ['a PyTorch file (.pt)', raw('PK\x03\x04\0\0\x08\x08\0\0archive/data.pkl')],
    ['a NumPy archive (.npz)', raw('PK\x03\x04\x14\0\0\0\x08\0x_train.npy')],
    ['a NumPy array (.npy)', raw('\x93NUMPY\x01\0')],
    ['an HDF5 file, as Keras writes them', raw('\x89HDF\r\n\x1a\n')],
    ['a Python pickle', raw('\x80\x04\x95\x10\0')],
    ['a tar archive', raw(`a${'\0'.repeat(256)}ustar\0`)],
    ['a PDF', '%PDF-1.7'],
    ['an HTML page', '\n<!DOCTYPE html><html><head>'],
    ['a JSON file', '{ "layers.0.weight": [1, 2] }'],
    ['a table of values (CSV)', '5,0,0\n0,1,2\n'],
    ['a text file', 'no such thing'],
    ['a text file', 'ein Süßwassermuschelsammler'],
    ['an empty file', ''],
    ['a blank file', ' \n'],
    ['an unknown file (it begins with de ad be ef)', bytes(0xde, 0xad, 0xbe, 0xef, 0)],
    ['a damaged gzip file', bytes(0x1f, 0x8b, 1, 2, 3)],
  ])('%s', async (title, content) => {
    expect(await titleOfBytes(content)).toBe(title);
  });

  test('what a gzip file holds, also where it unpacks to much more than is looked at', async () => {
    expect(await titleOfBytes(await gzip(idx(3, 28, 28)))).toBe('an IDX file of 3 images of 28 × 28');
    expect(await titleOfBytes(await gzip(idx(30000, 28, 28)))).toBe('an IDX file of 30,000 images of 28 × 28');
    expect(await titleOfBytes(await gzip(raw('GIF89a')))).toBe('a gzip file that contains a GIF picture');
  });

  test.each<[kind: string, title: string, content: Bytes]>([
    ['packedWeights', 'weights', weights(784, 32, 10)],
    ['picture', 'a GIF picture', raw('GIF89a')],
    ['page', 'an HTML page', raw('<html>')],
    ['model', 'a GGUF model', raw('GGUF\x03')],
    ['archive', 'a gzip file', raw('\x1f\x8b\x08\0')],
    ['other', 'an empty file', bytes()],
    ['other', 'a JSON file', raw(`[${'1,'.repeat(50_000)}1]`)],
    ['other', 'a text file', new TextEncoder().encode(`x${'ü'.repeat(50_000)}`)],
    ['other', 'an unknown file (it begins with de ad be ef)', bytes(0xde, 0xad, 0xbe, 0xef, 0)],
  ])('of the kind %s in gzip: %s', async (kind, title, content) => {
    const found = await recognise(new Blob([await gzip(content)]));
    expect(found).toEqual({ kind, title: `a gzip file that contains ${title}` });
  });

  test('a text of which only the beginning is looked at, cut within a character', async () => {
    expect(await titleOfBytes(`x${'ü'.repeat(50_000)}`)).toBe('a text file');
    expect(await titleOfBytes(`[${'1,'.repeat(50_000)}1]`)).toBe('a JSON file');
  });

  test('a safetensors file whose header is damaged is left to who reads it', async () => {
    const damaged = weights(784, 32, 10);
    damaged[9] = 0xff;
    expect(await recognise(new Blob([damaged]))).toEqual({ kind: 'weights', units: undefined });
  });
});

describe('rolesOf', () => {
  const four = {
    trainImages: file('a.bin', idx(30, 28, 28)),
    trainLabels: file('b.bin', idx(30)),
    testImages: file('c.bin', idx(20, 28, 28)),
    testLabels: file('d.bin', idx(20)),
  };

  test('tells the four files apart by content and size, in any order', async () => {
    const { trainImages, trainLabels, testImages, testLabels } = four;
    expect(await rolesOf([testLabels, trainImages, trainLabels, testImages])).toEqual(four);
  });

  test('goes by the names where those say train and test', async () => {
    const small = file('train-images', idx(5, 28, 28));
    const large = file('t10k-images', idx(9, 28, 28));
    const labels = [file('train-labels', idx(5)), file('test-labels', idx(9))];
    const found = await rolesOf([large, ...labels, small]);
    expect([found.trainImages, found.testImages]).toEqual([small, large]);
    expect([found.trainLabels, found.testLabels]).toEqual(labels);
  });

  const { trainImages, trainLabels, testImages, testLabels } = four;
  test.each<[name: string, files: File[], says: RegExp]>([
    [
      'a picture',
      [file('digit.png', raw('\x89PNG\r\n'))],
      /^digit\.png is a PNG picture\. Pictures cannot be loaded.*Draw a digit/,
    ],
    [
      'weights of this page',
      [file('retrograd.safetensors', weights(784, 32, 10))],
      /^retrograd\.safetensors is a file with the weights of a 784 → 32 → 10 network\. .*"Test set".*"Load weights"/,
    ],
    ['an archive of all four', [file('mnist.zip', raw('PK\x03\x04'))], /a zip archive\. Unpack it/],
    ['a page', [file('train-images-idx3-ubyte.gz', '<html>')], /an HTML page\. A server may have sent it/],
    [
      'one that is none among them',
      [trainImages, trainLabels, testImages, testLabels, file('README.md', 'MNIST')],
      /^README\.md is a text file\. Choose the four IDX files/,
    ],
    [
      'two of four',
      [trainImages, trainLabels],
      /a\.bin is .* 30 images of 28 × 28\.\nb\.bin is .* 30 labels\. Choose the four/,
    ],
    ['one kind twice', [trainImages, testImages, trainImages, testLabels], /Choose the four IDX files/],
    [
      'images of another size',
      [file('a', idx(3, 32, 32)), trainLabels, testImages, testLabels],
      /^a is .*32 × 32, but the network here takes 28 × 28/,
    ],
    [
      'two sets of one size without a name',
      [file('a', idx(3, 28, 28)), file('b', idx(3, 28, 28)), trainLabels, testLabels],
      /a and b are both .*begins with train/,
    ],
  ])('refuses %s, and says what it is and where it belongs', async (_, files, says) => {
    const refusal = rolesOf(files);
    await expect(refusal).rejects.toThrow(DataError);
    await expect(refusal).rejects.toThrow(says);
  });

  test('gives the advice of what a gzip file holds', async () => {
    const packed = async (content: Bytes) => rolesOf([file('a.gz', await gzip(content))]);
    await expect(packed(raw('GIF89a'))).rejects.toThrow(/contains a GIF picture\. Pictures cannot be loaded/);
    await expect(packed(raw('<html>'))).rejects.toThrow(/contains an HTML page\. A server may have sent it/);
    await expect(packed(weights(784, 10))).rejects.toThrow(
      /contains weights\. Unpack it, then load the weights .*"Load weights"/,
    );
  });
});

describe('checkWeights', () => {
  const check = (name: string, content: Bytes | string) => checkWeights(file(name, content), usual);

  test('passes weights of these layers, and what only their reader can judge', async () => {
    await check('a.safetensors', weights(784, 32, 10));
    await check('b.safetensors', formatSafetensors({ a: tensor(2) }));
    await checkWeights(new Blob([weights(784, 10)]), { ...usual, hidden: [] });
  });

  test('says of weights in gzip to unpack them', async () => {
    const refusal = checkWeights(file('weights.gz', await gzip(weights(784, 32, 10))), usual);
    await expect(refusal).rejects.toThrow(/^weights\.gz is a gzip file that contains weights\. Unpack it/);
  });

  test.each<[name: string, content: Bytes | string, says: RegExp]>([
    ['train-images-idx3-ubyte', idx(3, 28, 28), /is an IDX file of 3 images of 28 × 28\. Load data in the settings/],
    ['labels', idx(3), /3 labels\. Load data in the settings/],
    ['net.pt', raw('PK\x03\x04\0\0archive/data.pkl'), /a PyTorch file.*safetensors\.torch\.save_file/],
    ['digit.png', raw('\x89PNG\r\n'), /a PNG picture\. Choose a \.safetensors file/],
    ['old.json', '{"layers.0.weight":[1]}', /a JSON file\. Choose a \.safetensors file/],
    ['other.safetensors', 'weights', /other\.safetensors is a text file/],
    [
      'a',
      weights(784, 64, 16, 10),
      /784 → 64 → 16 → 10 network, but the network here is 784 → 32 → 10\. Set the hidden units to 64, 16/,
    ],
    ['a', weights(784, 10), /Set the hidden units to none/],
    ['a', weights(100, 5, 2), /only has networks from 784 pixels to 10 digits/],
  ])('refuses %s, and says what it is and where it belongs', async (name, content, says) => {
    const refusal = check(name, content);
    await expect(refusal).rejects.toThrow(DataError);
    await expect(refusal).rejects.toThrow(says);
  });
});
