// Adam: m̂ / (√v̂ + ε), with m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ); RMSProp is the same with both corrections 1.
// @uses step
fn normalize_by_root(m: f32, v: f32, epsilon: f32) -> f32 {
  return m * step.correction1 / (sqrt(v * step.correction2) + epsilon);
}
