// One more value of a total, (sum, rest), by compensated summation, or its first one. The mean of a batch counts as often as
// the batch has samples.
// @uses shared/step
fn tally(before: vec2f, value: f32, mean: bool) -> vec2f {
  let total = select(before, vec2f(), step.begins == 1u);
  let x = rounded(rounded(select(value, value * step.columns, mean)) - total.y);
  let sum = rounded(total.x + x);
  return vec2f(sum, rounded(sum - total.x) - x);
}
// x as f32 holds it. A compiler that takes sums apart would find every rest to be 0; it does not know that the table has rows.
fn rounded(x: f32) -> f32 {
  return bitcast<f32>(bitcast<u32>(x) + u32(step.rows == 0u));
}
