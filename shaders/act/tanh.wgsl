// tanh z = (1 − e) / (1 + e) with e = exp(−2|z|) and the sign of z: the builtin gives NaN for large z on some drivers.
// σ′ = 1 − a². Named hyperbolic because tanh is taken.
fn hyperbolic_tangent(z: f32) -> f32 {
  let e = exp(-2.0 * abs(z));
  return sign(z) * (1.0 - e) / (1.0 + e);
}
fn hyperbolic_tangent_gradient(a: f32) -> f32 {
  return 1.0 - a * a;
}
