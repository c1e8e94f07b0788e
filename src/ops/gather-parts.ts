/**
 * A batch of samples that are made of parts, as `gather` makes it: a value of the result is a stored number times a scale, or 1
 * where the stored number is the class of its row.
 */
import gatherWgsl from '../../shaders/gather.wgsl';
import bytes from '../../shaders/load/bytes.wgsl';
import floats from '../../shaders/load/floats.wgsl';
import parts from '../../shaders/load/parts.wgsl';
import { literal, U } from '../base/float32.ts';
import { columns, rows } from '../base/tensor.ts';
import type { KernelOp } from '../graph/op.ts';
import { placeAt } from './gather.ts';
import { byColumn } from './shared/columns.ts';

const ROWS_PER_LANE = 64;

const formats = { bytes, floats };

/**
 * (data, table, step) -> [rows, batch]. For each row of the result the table [rows, 2] has the place of a number in a stored
 * sample, and a class, or −1 where the number itself is the value. Attributes: `batch`, `scale`, `stored`, which is how many
 * numbers a stored sample has, and `format` as of the data leaf.
 */
export const gatherParts: KernelOp = {
  kind: 'kernel',
  name: 'gatherParts',
  shape: ([, table], { batch }) => [table.shape[0], Number(batch)],
  reference: ([data, table], { shape, attributes }, step) => {
    const scale = Math.fround(Number(attributes.scale));
    return byColumn(shape, (j) => {
      if (j >= step.columns) return new Array(rows(shape)).fill(0);
      const first = placeAt(j, step) * Number(attributes.stored);
      return Array.from({ length: rows(shape) }, (_, i) => {
        const [at, label] = [table.data[2 * i], table.data[2 * i + 1]];
        const value = data.data[first + at];
        return label < 0 ? value * scale : Number(value === label);
      });
    });
  },
  error: (_inputs, data) => Float64Array.from(data, (x) => U * Math.abs(x)),
  body: ({ shape, attributes, inputs: [data, table] }, { lanes = 64 } = {}) => ({
    shaders: [gatherWgsl, parts, formats[attributes.format as keyof typeof formats]],
    constants: {
      ROWS: rows(shape),
      COLUMNS: columns(shape),
      ROWS_PER_LANE,
      STORED: Number(attributes.stored),
      SCALE: literal(Math.fround(Number(attributes.scale))),
    },
    operands: { DATA: data, TABLE: table },
    epilogues: { finish: shape },
    lanes,
    workgroups: [Math.ceil(columns(shape) / lanes), Math.ceil(rows(shape) / ROWS_PER_LANE), 1],
  }),
};
