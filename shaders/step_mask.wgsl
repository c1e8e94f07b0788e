// 1 for each column of X [ROWS, COLUMNS] that is not all zeros, else 0. One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(value, 0, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var any = false;
  for (var row = 0u; row < rows; row++) {
    any = any || X[row * STRIDE + col] != 0.0;
  }
  finish(select(0.0, 1.0, any), 0u, col);
}
