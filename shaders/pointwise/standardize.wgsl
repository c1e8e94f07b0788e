// √(variance + ε), and what is divided by it. A variance is never less than 0, whatever rounding made of it.
fn deviation(variance: f32, epsilon: f32) -> f32 {
  return sqrt(max(variance, 0.0) + epsilon);
}
fn standardize(x: f32, mean: f32, variance: f32, epsilon: f32) -> f32 {
  return (x - mean) / deviation(variance, epsilon);
}
fn per_deviation(x: f32, variance: f32, epsilon: f32) -> f32 {
  return x / deviation(variance, epsilon);
}
