// As normalize.wgsl for a state that began after `from_update` updates: its corrections count the updates since, from ln β₁ and ln β₂.
// @uses shared/step
// @uses act/exp_minus_one
// @uses update/normalize
fn normalize_from(m: f32, v: f32, epsilon: f32, from_update: u32, log1: f32, log2: f32) -> f32 {
  let n = f32(max(step.update, from_update + 1u) - from_update);
  return normalize_with(m, v, epsilon, -1.0 / exp_minus_one(n * log1), 1.0 / sqrt(-exp_minus_one(n * log2)));
}
