// The value of the step that began a total.
// @uses shared/step
fn hold(held: f32, value: f32) -> f32 {
  return select(held, value, step.begins == 1u);
}
