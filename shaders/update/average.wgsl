// Exponential moving average: m ← β m + (1 − β) g, where the caller has 1 − β from more digits than f32 holds
fn average(m: f32, g: f32, beta: f32, rest: f32) -> f32 {
  return beta * m + rest * g;
}
