// A running statistic moved on where the batch has more than one value, n = count · columns, to tell it from.
// @uses shared/step
fn follow(running: f32, moved: f32, count: f32) -> f32 {
  return select(running, moved, count * step.columns > 1.0);
}
