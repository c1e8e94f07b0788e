// Adam: m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); RMSProp is the same with both corrections 1. A v that is
// not finite gives NaN: divided by it, m would be 0, and nobody would notice that nothing is learned.
// @uses shared/step
fn normalize_by_root(m: f32, v: f32, epsilon: f32) -> f32 {
  return normalize_with(m, v, epsilon, step.correction1, step.correction2);
}

fn normalize_with(m: f32, v: f32, epsilon: f32, correction1: f32, correction2: f32) -> f32 {
  let bits = bitcast<u32>(v);
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    return bitcast<f32>(bits | 0x00400000u);
  }
  return m * correction1 / (sqrt(v) * correction2 + epsilon);
}
