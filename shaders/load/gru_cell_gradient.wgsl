// ∂C of the gates of a GRU, given that of its state: X and S have what inputs and states give, H the states before.
// Expects: constants UNITS, X_STRIDE, H_STRIDE; struct Passed of recurrent_gradient.wgsl.
// @read X: array<f32>
// @read S: array<f32>
// @read H: array<f32>
// @uses act/sigmoid
// @uses act/tanh
fn pass_back(at: u32, unit: u32, place: u32, delta: f32) -> Passed {
  let s = S[(2u * UNITS + unit) * X_STRIDE + at];
  let r = sigmoids(X[unit * X_STRIDE + at] + S[unit * X_STRIDE + at]);
  let z = sigmoids(X[(UNITS + unit) * X_STRIDE + at] + S[(UNITS + unit) * X_STRIDE + at]);
  let n = hyperbolic_tangent(X[(2u * UNITS + unit) * X_STRIDE + at] + r.x * s);
  let to_n = delta * z.y * hyperbolic_tangent_gradient(n);
  let to_r = to_n * s * r.x * r.y;
  let to_z = delta * (H[unit * H_STRIDE + at] - n) * z.x * z.y;
  var passed: Passed;
  passed.gates[0] = to_r;
  passed.gates[1] = to_z;
  passed.gates[2] = to_n;
  passed.sums[0] = to_r;
  passed.sums[1] = to_z;
  passed.sums[2] = to_n * r.x;
  passed.state = delta * z.x;
  return passed;
}
