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
import type { Case, KernelOp } from '../graph/op.ts';
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

/** Samples of 7 numbers: a class, four numbers, another class, a number. */
const stored = [
  2, 0.5, -1, 3, 0.25, 1, 7, 0, 9, 8, -7, 6, 2, 5, 1, 4, -4, 40, 0.1, 0, -2, 2, 1, 2, 3, 4, 1, 255, 1, 6, 5, 4, 3, 2, 1,
];

/** Whole samples, or parts in another order than they are stored in, of bytes and of floats, shuffled or not. */
export const gatherPartsCases = (): readonly Case[] => {
  const numbers = [1, 2, 3, 4, 6].map((at) => [at, -1]);
  const classes = [0, 5].flatMap((at) => [0, 1, 2].map((label) => [at, label]));
  const tables = [[...classes, ...numbers], [...numbers.reverse(), ...classes.slice(3)], [[5, 1]]];
  return ['floats', 'bytes'].flatMap((format) =>
    tables.map((table, shuffled) => ({
      shapes: [[5, 7], [table.length, 2], null],
      attributes: { batch: 4, scale: 0.3, stored: 7, format },
      values: [format === 'bytes' ? stored.map((x) => Math.trunc(Math.abs(x))) : stored, table.flat()],
      step: { columns: 3, start: 1, count: 5, key: 12345, shuffled: shuffled % 2 },
    })),
  );
};
