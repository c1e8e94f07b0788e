/**
 * A batch out of a data set that lives on the device: column j of the result is sample start + j of the order, shuffled
 * by a seeded bijection (`permute`) where the step says so; columns past the end of a ragged batch are 0.
 */
import gatherWgsl from '../../shaders/gather.wgsl';
import bytes from '../../shaders/load/bytes.wgsl';
import floats from '../../shaders/load/floats.wgsl';
import labels from '../../shaders/load/labels.wgsl';
import values from '../../shaders/load/values.wgsl';
import { literal, U } from '../base/float32.ts';
import { permute } from '../base/random.ts';
import { columns, rows } from '../base/tensor.ts';
import type { Attributes } from '../graph/graph.ts';
import type { KernelOp } from '../graph/op.ts';
import { BY_NUMBER, type StepRow } from '../graph/step-row.ts';
import { byColumn } from './shared/columns.ts';

/** Enough that the shuffle, computed once per lane, costs little beside them. */
const ROWS_PER_LANE = 64;

const numbers = ({ size, batch, scale }: Attributes) => ({
  size: Number(size),
  batch: Number(batch),
  scale: Math.fround(Number(scale)),
});

/** How samples and targets are read, and from what. */
const kinds = { labels, values };
export const formats = { bytes, floats };

/** Which sample stands in column j, by its number in the data set. */
export const sampleAt = (j: number, step: StepRow): number =>
  step.shuffled ? permute(step.start + j, step.count, step.key) : step.start + j;

/** Where that sample is on the device: at its number in a resident data set, in the order of the batch in a streamed one. */
export const placeAt = (j: number, step: StepRow): number =>
  step.place === BY_NUMBER ? sampleAt(j, step) : step.place + j;

/**
 * (data, step) -> [size, batch]. Attributes: `size` and `batch`; `kind` 'values' (size numbers per sample, times
 * `scale`) or 'labels' (one class index per sample, to one-hot of `size`); `format` as of the data leaf.
 */
export const gather: KernelOp = {
  kind: 'kernel',
  name: 'gather',
  shape: (_inputs, attributes) => [numbers(attributes).size, numbers(attributes).batch],
  reference: ([data], { shape, attributes }, step) => {
    const { size, scale } = numbers(attributes);
    return byColumn(shape, (j) => {
      if (j >= step.columns) return new Array(size).fill(0);
      const place = placeAt(j, step);
      return Array.from({ length: size }, (_, i) =>
        attributes.kind === 'labels' ? Number(data.data[place] === i) : data.data[place * size + i] * scale,
      );
    });
  },
  error: (_inputs, data) => Float64Array.from(data, (x) => U * Math.abs(x)),
  body: (node, { lanes = 64 } = {}) => {
    const { kind, format } = node.attributes;
    return {
      shaders: [gatherWgsl, kinds[kind as keyof typeof kinds], formats[format as keyof typeof formats]],
      constants: {
        ROWS: rows(node.shape),
        COLUMNS: columns(node.shape),
        ROWS_PER_LANE,
        SCALE: literal(numbers(node.attributes).scale),
      },
      operands: { DATA: node.inputs[0] },
      epilogues: { finish: node.shape },
      lanes,
      workgroups: [Math.ceil(columns(node.shape) / lanes), Math.ceil(rows(node.shape) / ROWS_PER_LANE), 1],
    };
  },
};
