// (first, mean − first, Σ (x − mean)², rest) of all values so far, from those before and one more batch: its first value, and
// mean and variance of the differences from that (Chan et al. 1979). The sum of squares is compensated, as in tally.
// @uses shared/step
// @uses pointwise/tally
fn spread(before: vec4f, first: f32, mean: f32, variance: f32) -> vec4f {
  let old = select(before, vec4f(first, 0.0, 0.0, 0.0), step.begins == 1u);
  let n = select(f32(step.start), 0.0, step.begins == 1u);
  let share = step.columns / (n + step.columns);
  let shift = (first - old.x) + (mean - old.y);
  let x = rounded(rounded(step.columns * variance + shift * shift * n * share) - old.w);
  let sum = rounded(old.z + x);
  return vec4f(old.x, old.y + shift * share, sum, rounded(sum - old.z) - x);
}
