// The new value where this step ends a group of batches, else the old one.
// @uses shared/step
fn when_due(updated: f32, old: f32) -> f32 {
  return select(old, updated, step.due == 1u);
}
