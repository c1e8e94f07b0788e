// a = z tanh(log(1 + eᶻ)) (Misra 2019). With e = exp(−|z|) the tanh is n / d: n = 1 + 2e and d = n + 2e² for z ≥ 0, else
// n = e (e + 2) and d = n + 2, where nothing cancels. σ′, taken at z, is n / d + z · 4 p (1 + e) / d² with p = e² for z ≥ 0,
// else e.
fn mish_tanh(e: f32, negative: bool) -> vec2f {
  let n = select(1.0 + 2.0 * e, e * (e + 2.0), negative);
  return vec2f(n, n + select(2.0 * e * e, 2.0, negative));
}
fn mish(z: f32) -> f32 {
  let t = mish_tanh(exp(-abs(z)), z < 0.0);
  return z * (t.x / t.y);
}
fn mish_gradient(z: f32) -> f32 {
  let e = exp(-abs(z));
  let t = mish_tanh(e, z < 0.0);
  let p = select(e * e, e, z < 0.0);
  return t.x / t.y + z * (4.0 * p * (1.0 + e) / (t.y * t.y));
}
