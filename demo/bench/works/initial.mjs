// Initial parameters that every contender starts from: normal weights, variance 1 / inputs (2 / inputs before ReLU).
import { normal } from '../random.mjs';

/** Weights [out, in, ...size of a filter] and biases [out] by their keys in retrograd. */
export function initial({ input, layers }, seed) {
  const next = normal(seed);
  const parameters = {};
  let shape = input;
  layers.forEach((layer, i) => {
    const { weight, out } = kinds[layer.layer](layer, shape);
    shape = out;
    if (!weight) return;
    const deviation = Math.sqrt((layer.activation === 'relu' ? 2 : 1) / size(weight.slice(1)));
    const data = Float32Array.from({ length: size(weight) }, () => deviation * next());
    parameters[`layers.${i}.weight`] = { shape: weight, data };
    parameters[`layers.${i}.bias`] = { shape: [out[0]], data: new Float32Array(out[0]) };
  });
  return parameters;
}

/** Shape of the weights of a layer, where it has any, and of what comes out of it. */
const kinds = {
  dense: ({ units }, shape) => ({ weight: [units, size(shape)], out: [units] }),
  conv2d: (layer, [C, ...place]) => ({
    weight: [layer.filters, C, layer.kernel, layer.kernel],
    out: [layer.filters, ...place.map((n) => positions(n, layer))],
  }),
  depthwise: (layer, [C, ...place]) => ({
    weight: [C, 1, layer.kernel, layer.kernel],
    out: [C, ...place.map((n) => positions(n, layer))],
  }),
  conv1d: (layer, [C, L]) => ({
    weight: [layer.filters, C, layer.kernel],
    out: [layer.filters, positions(L, layer)],
  }),
  conv2dTranspose: ({ filters, kernel, stride, padding }, [C, ...place]) => ({
    weight: [C, filters, kernel, kernel],
    out: [filters, ...place.map((n) => (n - 1) * stride - 2 * padding + kernel)],
  }),
  maxPool2d: ({ size }, [C, H, W]) => ({ out: [C, Math.floor(H / size), Math.floor(W / size)] }),
};

/** Of a filter along an axis of n pixels. */
const positions = (n, { kernel, stride = 1, padding = 0 }) => Math.floor((n + 2 * padding - kernel) / stride) + 1;

const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** One [units, inputs] matrix as [inputs, units], the way round the peers multiply by it. */
export function transposed({ shape: [rows, columns], data }) {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return { shape: [columns, rows], data: out };
}
