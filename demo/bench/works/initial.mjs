// Initial parameters that every contender starts from: normal weights, variance 1 / inputs (2 / inputs before ReLU).
import { normal } from '../random.mjs';

/** Weights [out, in, ...size of a filter] and biases [out] by their keys in retrograd, in the order of each layer. */
export function initial({ input, layers }, seed) {
  const next = normal(seed);
  const parameters = {};
  let shape = input;
  layers.forEach((layer, i) => {
    const { out, weight, tensors = weight ? { weight, bias: [out[0]] } : {} } = kinds[layer.layer](layer, shape);
    shape = out;
    for (const [key, of] of Object.entries(tensors)) {
      const deviation = Math.sqrt((layer.activation === 'relu' ? 2 : 1) / size(of.slice(1)));
      const draw = key.startsWith('weight') ? () => deviation * next() : () => 0;
      parameters[`layers.${i}.${key}`] = { shape: of, data: Float32Array.from({ length: size(of) }, draw) };
    }
  });
  return parameters;
}

/** Shape of the weights of a layer, where it has any and a bias, or of all its tensors; and of what comes out of it. */
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
  embedding: ({ count, units }, [L]) => ({ tensors: { weight: [count, units] }, out: [L * units] }),
  gru: ({ units }, [, features]) => ({
    tensors: {
      weight_ih_l0: [3 * units, features],
      weight_hh_l0: [3 * units, units],
      bias_ih_l0: [3 * units],
      bias_hh_l0: [3 * units],
    },
    out: [units],
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
