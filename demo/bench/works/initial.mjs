// Initial parameters that every contender starts from: normal weights, variance 1 / inputs (2 / inputs before ReLU).
import { normal } from '../random.mjs';

/** Weights [out, in] or [out, in, height, width] and biases [out] by their keys in retrograd. */
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
    parameters[`layers.${i}.bias`] = { shape: [weight[0]], data: new Float32Array(weight[0]) };
  });
  return parameters;
}

/** Shape of the weights of a layer, where it has any, and of what comes out of it. */
const kinds = {
  dense: ({ units }, shape) => ({ weight: [units, size(shape)], out: [units] }),
  conv2d: ({ filters, kernel }, [C, H, W]) => ({
    weight: [filters, C, kernel, kernel],
    out: [filters, H - kernel + 1, W - kernel + 1],
  }),
  maxPool2d: ({ size }, [C, H, W]) => ({ out: [C, Math.floor(H / size), Math.floor(W / size)] }),
};

const size = (shape) => shape.reduce((a, b) => a * b, 1);

/** One [units, inputs] matrix as [inputs, units], the way round the peers multiply by it. */
export function transposed({ shape: [rows, columns], data }) {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return { shape: [columns, rows], data: out };
}
