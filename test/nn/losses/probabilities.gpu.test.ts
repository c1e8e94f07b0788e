/** The cross-entropies of probabilities near 0 and 1, where a floor of 2⁻²⁰ keeps logarithm and quotient finite. */
import { expect, test } from 'vitest';
import { append } from '../../../src/graph/graph.ts';
import { stepRow } from '../../../src/graph/step-row.ts';
import { lossGradient, lossTerms } from '../../../src/ops/loss.ts';
import { type LossTerm, losses } from '../../../src/ops/loss-table.ts';
import { graphOf, runGraph, useGpu } from '../../support/harness.ts';

const gpu = useGpu();

const FLOOR = 2 ** -20;
const near0 = [0, 2 ** -30, 2 ** -21, 2 ** -20, 2 ** -19, 2 ** -15, 2 ** -11, 0.25];
const probabilities = [...near0, 0.5, ...near0.map((a) => 1 - a)].map(Math.fround);
const n = probabilities.length;

const costs = {
  binaryCrossEntropy: (a: number, y: number) => {
    const p = Math.min(Math.max(a, FLOOR), 1 - FLOOR);
    return { c: -y * Math.log(p) - (1 - y) * Math.log(1 - p), slope: (p - y) / (p * (1 - p)) };
  },
  categoricalCrossEntropy: (a: number, y: number) => {
    const p = Math.max(a, FLOOR);
    return { c: -y * Math.log(p), slope: -y / p };
  },
};

test.each(Object.entries(costs))(
  '%s keeps probabilities 2⁻²⁰ away from where its logarithm ends',
  async (name, cost) => {
    // A row of targets 1 and one of targets 0.
    const targets = [1, 0];
    const attributes = { term: losses[name as LossTerm], factor: 1, mean: false };
    const { graph, node } = graphOf(lossTerms, { shapes: [[2, n], [2, n], null], attributes });
    append(graph, lossGradient, node.inputs, attributes, 'slope');
    const leaves = new Map([
      ['in0', Float32Array.from([...probabilities, ...probabilities])],
      ['in1', Float32Array.from(targets.flatMap((y) => probabilities.map(() => y)))],
    ]);
    const tensors = await runGraph(gpu, graph, leaves, stepRow({ columns: n }));
    targets.forEach((y, row) => {
      probabilities.forEach((a, column) => {
        const { c, slope } = cost(a, y);
        const at = `a = ${a}, y = ${y}`;
        // WGSL lets a logarithm err by 2⁻²¹ near 1, and a quotient by 2.5 units in the last place.
        expect(Math.abs(tensors.get('out')![row * n + column] - c), at).toBeLessThanOrEqual(1e-6 * (1 + c));
        expect(Math.abs(tensors.get('slope')![row * n + column] - slope), at).toBeLessThanOrEqual(
          1e-6 * Math.abs(slope),
        );
      });
    });
  },
);
