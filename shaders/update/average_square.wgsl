// Exponential moving average of the square: v ← β v + (1 − β) g². An infinite one stays so.
fn average_square(v: f32, g: f32, beta: f32, rest: f32) -> f32 {
  return select(beta * v + rest * g * g, v, v > 0x1.fffffep+127);
}
