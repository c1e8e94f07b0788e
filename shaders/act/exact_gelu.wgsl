// GELU itself (Hendrycks & Gimpel 2016): a = z Φ(z), with Φ the distribution function of the normal distribution; σ′, taken at
// z, is Φ(z) + z φ(z). Φ(−x) for x ≥ 0 is half of erfc(x/√2) by a series in t = 1 / (1 + x/√8), with a relative error below
// 1.2e-7 for every x (Press et al., Numerical Recipes, erfcc). Beyond ±15, where squares may overflow, Φ is 0 or 1 to f32.
fn gelu_tail(x: f32) -> f32 {
  let t = 1.0 / (1.0 + 0.3535533905932738 * x);
  var series = 0.17087277;
  series = series * t - 0.82215223;
  series = series * t + 1.48851587;
  series = series * t - 1.13520398;
  series = series * t + 0.27886807;
  series = series * t - 0.18628806;
  series = series * t + 0.09678418;
  series = series * t + 0.37409196;
  series = series * t + 1.00002368;
  series = series * t - 1.26551223;
  return 0.5 * t * exp(series - 0.5 * x * x);
}
fn gelu_distribution(z: f32) -> f32 {
  let tail = gelu_tail(min(abs(z), 15.0));
  return select(tail, 1.0 - tail, z >= 0.0);
}
fn exact_gelu(z: f32) -> f32 {
  return z * gelu_distribution(z);
}
fn exact_gelu_gradient(z: f32) -> f32 {
  let x = min(abs(z), 15.0);
  return gelu_distribution(z) + sign(z) * x * (0.3989422804014327 * exp(-0.5 * x * x));
}
