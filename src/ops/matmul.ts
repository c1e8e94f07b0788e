/**
 * C = A B, each factor as it is or transposed: [M, K] × [K, N] -> [M, N]. One op serves forward (W a), δ (Wᵀ δ) and weight
 * gradient (δ aᵀ); a transpose is a way of loading. Factors of more axes are read as [rows, last axis]; attribute `axes`
 * says which axes the rows of the result stand for, if there are several.
 */
import loadAWgsl from '../../shaders/load/a.wgsl';
import loadBWgsl from '../../shaders/load/b.wgsl';
import loadBAtWgsl from '../../shaders/load/b_at.wgsl';
import loadBScalarWgsl from '../../shaders/load/b_scalar.wgsl';
import loadBTransposedWgsl from '../../shaders/load/b_transposed.wgsl';
import { columns, rows, type Shape, show, size, stride } from '../base/tensor.ts';
import { type Attributes, append, type Node } from '../graph/graph.ts';
import { batch, leaf } from '../graph/leaf.ts';
import type { Case, Form, KernelOp, ShaderFile, Target, Value } from '../graph/op.ts';
import { gemmFiles, gemmForms, narrowForm, smallest, workgroupsOf } from './matmul-forms.ts';
import { rowSum } from './row-sum.ts';
import { productError } from './shared/product-error.ts';
import { all, selection } from './shared/selection.ts';
import { mismatch } from './shared/shapes.ts';
import { PORTABLE } from './shared/target.ts';

/** M, N, K and the steps from element to element in compact memory. */
function layout(node: Node) {
  const [a, b] = node.inputs;
  const { transposeA, transposeB } = node.attributes;
  const [aColumns, bColumns] = [columns(a.shape), columns(b.shape)];
  return {
    M: transposeA ? aColumns : rows(a.shape),
    N: transposeB ? rows(b.shape) : bColumns,
    K: transposeA ? rows(a.shape) : aColumns,
    aRow: transposeA ? 1 : aColumns,
    aK: transposeA ? aColumns : 1,
    bK: transposeB ? 1 : bColumns,
    bColumn: transposeB ? bColumns : 1,
  };
}

function loaderOfB({ single, scalar }: Form, transposed: boolean): ShaderFile {
  if (single) return loadBAtWgsl;
  return transposed ? loadBTransposedWgsl : scalar ? loadBScalarWgsl : loadBWgsl;
}

/** Of a result that is to have the shape of this node. */
function axesOf({ shape }: Node): Attributes {
  return shape.length > 2 ? { axes: JSON.stringify(shape.slice(0, -1)) } : {};
}

function forms(node: Node, target: Target): readonly Form[] {
  const { M, N, K } = layout(node);
  return gemmForms(M, N, K, target, Boolean(node.attributes.transposeB));
}

// No multiples of anything, and more than one tile of the smaller forms in every direction.
const PROBE = { M: 19, N: 67, K: 37 };

export const matmul: KernelOp = {
  kind: 'kernel',
  name: 'matmul',

  shape(inputs, { transposeA, transposeB, axes }) {
    const [a, b] = inputs.map((node) => [rows(node.shape), columns(node.shape)]);
    const [m, k] = transposeA ? [a[1], a[0]] : a;
    const [k2, n] = transposeB ? [b[1], b[0]] : b;
    const how = `${transposeA ? 'Aᵀ' : 'A'} × ${transposeB ? 'Bᵀ' : 'B'}`;
    if (k !== k2) mismatch('matmul', `${how} with equal inner sizes (here ${k} and ${k2})`, inputs);
    const height: Shape = axes ? JSON.parse(String(axes)) : [m];
    if (size(height) !== m) mismatch('matmul', `a result of ${show(height)} rows, not ${m}`, inputs);
    return [...height, n];
  },

  // C = A B: ∂A = G Bᵀ, ∂B = Aᵀ G; a factor that lies transposed gets the transpose of that.
  gradient(graph, node, upstream) {
    const [a, b] = node.inputs;
    const { transposeA = false, transposeB = false } = node.attributes;
    const da = () =>
      transposeA
        ? append(graph, matmul, [b, upstream], { transposeA: transposeB, transposeB: true })
        : append(graph, matmul, [upstream, b], { transposeA: false, transposeB: !transposeB });
    const db = () =>
      transposeB
        ? append(graph, matmul, [upstream, a], { transposeA: true, transposeB: transposeA })
        : append(graph, matmul, [a, upstream], { transposeA: !transposeA, transposeB: false, ...axesOf(b) });
    return [da, db];
  },

  reference: (inputs, node) => contract(inputs, node, (a, b) => a * b),

  error: (inputs, _data, node) =>
    productError(inputs, layout(node).K, (factors, term) => contract(factors, node, term)),

  forms,

  probe: {
    shaders: Object.keys(gemmFiles),
    forms: (target) => [
      ...[false, true].flatMap((transposeB) => gemmForms(PROBE.M, PROBE.N, PROBE.K, target, transposeB)),
      narrowForm([PROBE.M, PROBE.N], target, 64),
    ],
    append(graph) {
      const [a, b] = [leaf(graph, batch, 'a', [PROBE.M, PROBE.K]), leaf(graph, batch, 'b', [PROBE.K, PROBE.N])];
      append(graph, matmul, [a, b], { transposeA: false, transposeB: false }, 'product');
      append(graph, rowSum, [a], {}, 'sums');
    },
    least: (form) => smallest(form, [PROBE.M, PROBE.N]),
  },

  narrow: (node, target, lanes) => narrowForm([rows(node.shape), columns(node.shape)], target, lanes),

  // The rows of a sample stand for no axes.
  patch(node, some) {
    const { transposeA = false, transposeB = false } = node.attributes;
    const { M, N, K } = layout(node);
    const [m, n, k] = [some(M), some(N), all(K)];
    return {
      rows: m,
      columns: n,
      height: M,
      shape: [m.length, n.length],
      attributes: { transposeA, transposeB },
      operands: [transposeA ? selection(k, m) : selection(m, k), transposeB ? selection(n, k) : selection(k, n)],
    };
  },

  body(node, { form = forms(node, PORTABLE)[0] } = {}) {
    const [a, b] = node.inputs;
    const { M, N, K } = layout(node);
    const { transposeA = false, transposeB = false } = node.attributes;
    return {
      title: 'gemm',
      form,
      shaders: [gemmFiles[form.shader], loadAWgsl, loaderOfB(form, transposeB as boolean)],
      constants: {
        ...form.constants,
        M,
        N,
        K,
        A_STRIDE: stride(a.shape),
        A_TRANSPOSED: transposeA as boolean,
        B_STRIDE: stride(b.shape),
        B_TRANSPOSED: transposeB as boolean,
      },
      operands: { A: a, B: b },
      epilogues: { finish: [M, N], finish_row: [M, 1] },
      // The row sums of A ride along: with A = δ they are the bias gradient.
      carries: (other) => (other.op === rowSum && other.inputs[0] === a && !transposeA ? 'finish_row' : undefined),
      // Transposed, B is read in the columns of the batch, which are not those of the result.
      columns: transposeB ? undefined : form.tile[1],
      columnwise: ['B'],
      work: M * K,
      lanes: form.lanes,
      workgroups: workgroupsOf(form, node.shape),
    };
  },
};

export const matmulCases = (): readonly Case[] =>
  [1, 7, 33]
    .flatMap((k) =>
      [false, true].flatMap((transposeA) =>
        [false, true].flatMap((transposeB) =>
          (
            [
              [1, 1],
              [7, 33],
              [33, 100],
              [100, 7],
            ] as const
          ).map(([m, n]) => ({
            shapes: [transposeA ? [k, m] : [m, k], transposeB ? [n, k] : [k, n]],
            attributes: { transposeA, transposeB },
          })),
        ),
      ),
    )
    .concat([
      {
        shapes: [
          [100, 784],
          [784, 100],
        ],
        attributes: { transposeA: false, transposeB: false },
      },
      {
        shapes: [
          [10, 100],
          [10, 33],
        ],
        attributes: { transposeA: true, transposeB: false },
      },
      {
        shapes: [
          [100, 33],
          [784, 33],
        ],
        attributes: { transposeA: false, transposeB: true },
      },
      {
        shapes: [
          [10, 36],
          [4, 3, 3, 7],
        ],
        attributes: { transposeA: false, transposeB: false },
      },
    ]);

/** Σ over k of term(A[i, k], B[k, j]), in f64. */
function contract(inputs: readonly Value[], node: Node, term: (a: number, b: number) => number): Float64Array {
  const { M, N, K, aRow, aK, bK, bColumn } = layout(node);
  const [A, B] = inputs.map((value) => value.data);
  const C = new Float64Array(size(node.shape));
  for (let i = 0; i < M; i++) {
    for (let j = 0; j < N; j++) {
      let sum = 0;
      for (let k = 0; k < K; k++) sum += term(A[i * aRow + k * aK], B[k * bK + j * bColumn]);
      C[i * N + j] = sum;
    }
  }
  return C;
}
