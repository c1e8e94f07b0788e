// Exponential moving average: m ← β m + (1 − β) g
fn average(m: f32, g: f32, beta: f32) -> f32 {
  return beta * m + (1.0 - beta) * g;
}
