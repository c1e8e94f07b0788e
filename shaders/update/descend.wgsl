// θ − η d
// @uses shared/step
fn descend(theta: f32, direction: f32) -> f32 {
  return theta - step.learning_rate * direction;
}
