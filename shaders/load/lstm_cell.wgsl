// c′ = σ(f) c + σ(i) tanh(g), h′ = σ(o) tanh(c′), with the gates i, f, g, o = x + s: X has what inputs give, s = W h + b.
// Expects: constants UNITS, GATES = 4, PASSES, ROWS, BLOCK, X_STRIDE.
// @read X: array<f32>
// @uses act/sigmoid
// @uses act/tanh
var<private> cells: array<f32, PASSES * ROWS * BLOCK>;

fn new_state(at: u32, unit: u32, place: u32, h: f32, sums: array<f32, GATES>) -> f32 {
  let i = sigmoid(X[unit * X_STRIDE + at] + sums[0]);
  let f = sigmoid(X[(UNITS + unit) * X_STRIDE + at] + sums[1]);
  let g = hyperbolic_tangent(X[(2u * UNITS + unit) * X_STRIDE + at] + sums[2]);
  let o = sigmoid(X[(3u * UNITS + unit) * X_STRIDE + at] + sums[3]);
  let c = f * cells[place] + i * g;
  cells[place] = c;
  return o * hyperbolic_tangent(c);
}
