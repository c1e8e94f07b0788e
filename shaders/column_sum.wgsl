// Sums over the rows of each column of X, which are in groups of ROWS rows. One invocation, one column of a group.
// Expects: constants LANES, ROWS, GROUPS, COLUMNS, STRIDE; finish(sum, group of rows, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let part = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (part >= GROUPS) {
    return;
  }
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += X[(part * ROWS + row) * STRIDE + col];
  }
  finish(sum, part, col);
}
