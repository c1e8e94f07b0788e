// tanh z = −m / (2 + m) with m = exp(−2|z|) − 1 and the sign of z: the builtin gives NaN for large z on some drivers.
// σ′ = 1 − a². Named hyperbolic because tanh is taken.
// @uses act/exp_minus_one
fn hyperbolic_tangent(z: f32) -> f32 {
  let size = select(abs(z), 50.0, abs(z) > 50.0); // tanh is 1 from there on
  let m = exp_minus_one(-2.0 * size);
  return sign(z) * -m / (2.0 + m);
}
fn hyperbolic_tangent_gradient(a: f32) -> f32 {
  return (1.0 - a) * (1.0 + a);
}
