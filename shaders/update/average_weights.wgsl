// The average of the weights after each update: θ̄ ← r θ̄ + (1 − r) θ
// @uses shared/step
fn average_weights(mean: f32, theta: f32) -> f32 {
  return average(mean, theta, step.retained, 1.0 - step.retained);
}
