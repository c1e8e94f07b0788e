// Sums over the rows of each column of X. One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(sum, 0, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += X[row * STRIDE + col];
  }
  finish(sum, 0u, col);
}
