// The variance of a sample of n = count · columns values made an estimate of that of all: n / (n − 1) times it.
// @uses shared/step
fn unbiased(variance: f32, count: f32) -> f32 {
  let n = count * step.columns;
  return variance * (n / max(n - 1.0, 1.0));
}
