// (x − mean) / deviation, and a quotient by a deviation; 0 where the deviation is 0.
fn z_score(x: f32, mean: f32, deviation: f32) -> f32 {
  return in_deviations(x - mean, deviation);
}
fn in_deviations(x: f32, deviation: f32) -> f32 {
  if (deviation > 0.0) {
    return x / deviation;
  }
  return 0.0;
}
