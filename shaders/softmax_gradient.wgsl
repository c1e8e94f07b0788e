// The Jacobian of softmax, pᵢ(δᵢⱼ − pⱼ), times the gradient G that comes from above: pᵢ (gᵢ − Σⱼ gⱼ pⱼ), column by column.
// Expects: constants ROWS, COLUMNS, STRIDE; finish(result, row, col).
// @read G: array<f32>
// @read P: array<f32>
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x;
  if (col >= COLUMNS) {
    return;
  }
  var mean = 0.0;
  for (var row = 0u; row < ROWS; row++) {
    mean += G[row * STRIDE + col] * P[row * STRIDE + col];
  }
  for (var row = 0u; row < ROWS; row++) {
    finish(P[row * STRIDE + col] * (G[row * STRIDE + col] - mean), row, col);
  }
}
