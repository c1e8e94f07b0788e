// Sums over the rows of each column of X, which are in groups of ROWS rows. One invocation, one column of a group.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE; finish(sum, group of rows, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let first = group.y * ROWS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += X[(first + row) * STRIDE + col];
  }
  finish(sum, group.y, col);
}
