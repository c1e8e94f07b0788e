// a = z · hard_sigmoid(z) (Howard et al. 2019); σ′, taken at z, is 0 up to −3, 1 from 3 on, and (2z + 3) / 6 between.
// @uses act/hard_sigmoid
fn hard_swish(z: f32) -> f32 {
  return z * hard_sigmoid(z);
}
fn hard_swish_gradient(z: f32) -> f32 {
  let slope = (2.0 * z + 3.0) * (1.0 / 6.0);
  return select(select(slope, 0.0, z <= -3.0), 1.0, z >= 3.0);
}
