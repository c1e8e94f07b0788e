// h′ = (1 − z) n + z h with r = σ(x_r + s_r), z = σ(x_z + s_z), n = tanh(x_n + r s_n): X has what inputs give, s = W h + b.
// Expects: constants UNITS, GATES = 3, X_STRIDE.
// @read X: array<f32>
// @uses act/sigmoid
// @uses act/tanh
fn new_state(at: u32, unit: u32, place: u32, h: f32, sums: array<f32, GATES>) -> f32 {
  let r = sigmoid(X[unit * X_STRIDE + at] + sums[0]);
  let z = sigmoids(X[(UNITS + unit) * X_STRIDE + at] + sums[1]);
  let n = hyperbolic_tangent(X[(2u * UNITS + unit) * X_STRIDE + at] + r * sums[2]);
  return z.y * n + z.x * h;
}
