// Initial parameters that every contender starts from: normal weights, variance 1 / inputs (2 / inputs before ReLU).
import { normal } from '../random.mjs';

/** Weights [out, in] and biases [out] by their keys in retrograd. */
export function initial({ input, layers }, seed) {
  const next = normal(seed);
  const parameters = {};
  let inputs = input.reduce((a, b) => a * b, 1);
  layers.forEach(({ units, activation }, i) => {
    const deviation = Math.sqrt((activation === 'relu' ? 2 : 1) / inputs);
    const weights = Float32Array.from({ length: units * inputs }, () => deviation * next());
    parameters[`layers.${i}.weight`] = { shape: [units, inputs], data: weights };
    parameters[`layers.${i}.bias`] = { shape: [units], data: new Float32Array(units) };
    inputs = units;
  });
  return parameters;
}

/** One [units, inputs] matrix as [inputs, units], the way round the peers multiply by it. */
export function transposed({ shape: [rows, columns], data }) {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c];
  return { shape: [columns, rows], data: out };
}
