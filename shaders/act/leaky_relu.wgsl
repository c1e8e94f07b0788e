// a = z for z > 0, else z / 100; the sign of a is the sign of z.
fn leaky_relu(z: f32) -> f32 {
  return select(0.01 * z, z, z > 0.0);
}
fn leaky_relu_gradient(a: f32) -> f32 {
  return select(0.01, 1.0, a > 0.0);
}
