// ∂C of the gates of an LSTM, given that of its state: A has the gates before σ and tanh, C the cells.
// Expects: constants UNITS, PASSES, ROWS, BLOCK, COLUMNS, A_STRIDE, C_STRIDE; struct Passed of recurrent_gradient.wgsl.
// @read A: array<f32>
// @read C: array<f32>
// @uses act/sigmoid
// @uses act/tanh
var<private> carried_cells: array<f32, PASSES * ROWS * BLOCK>;

fn pass_back(at: u32, unit: u32, place: u32, delta: f32) -> Passed {
  let i = sigmoids(A[unit * A_STRIDE + at]);
  let f = sigmoids(A[(UNITS + unit) * A_STRIDE + at]);
  let g = hyperbolic_tangent(A[(2u * UNITS + unit) * A_STRIDE + at]);
  let o = sigmoids(A[(3u * UNITS + unit) * A_STRIDE + at]);
  let c = hyperbolic_tangent(C[unit * C_STRIDE + at]);
  var before = 0.0;
  if (at >= COLUMNS) {
    before = C[unit * C_STRIDE + at - COLUMNS];
  }
  let to_c = carried_cells[place] + delta * o.x * hyperbolic_tangent_gradient(c);
  carried_cells[place] = to_c * f.x;
  var passed: Passed;
  passed.gates[0] = to_c * g * i.x * i.y;
  passed.gates[1] = to_c * before * f.x * f.y;
  passed.gates[2] = to_c * i.x * hyperbolic_tangent_gradient(g);
  passed.gates[3] = delta * c * o.x * o.y;
  passed.sums = passed.gates;
  return passed;
}
