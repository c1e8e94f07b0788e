// v ← μ v + g
fn momentum(v: f32, g: f32, mu: f32) -> f32 {
  return mu * v + g;
}
