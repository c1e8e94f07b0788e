// The Jacobian of softmax, pᵢ(δᵢⱼ − pⱼ), times the gradient G that comes from above: pᵢ (gᵢ − Σⱼ gⱼ pⱼ), column by column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(result, row, col).
// @read G: array<f32>
// @read P: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var mean = 0.0;
  for (var row = 0u; row < rows; row++) {
    mean += G[row * STRIDE + col] * P[row * STRIDE + col];
  }
  for (var row = 0u; row < rows; row++) {
    finish(P[row * STRIDE + col] * (G[row * STRIDE + col] - mean), row, col);
  }
}
