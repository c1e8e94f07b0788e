// For each column, 1 where fewer than MOST outputs stand before the one at the highest target, else 0. An output stands before
// another if it is higher, or equal in a lower row. Columns past the end of a ragged batch are 0. One invocation, one column.
// Expects: constants LANES, ROWS, COLUMNS, STRIDE, MOST; finish(result, 0, col); step.
// @uses shared/step
// @read A: array<f32>
// @read Y: array<f32>
fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (col >= COLUMNS) {
    return;
  }
  var wanted = 0u;
  for (var row = 0u; row < rows; row++) {
    if (Y[row * STRIDE + col] > Y[wanted * STRIDE + col]) {
      wanted = row;
    }
  }
  let bar = A[wanted * STRIDE + col];
  var before = 0u;
  for (var row = 0u; row < rows; row++) {
    let have = A[row * STRIDE + col];
    before += u32(have > bar || (have == bar && row < wanted));
  }
  finish(f32(before < MOST && f32(col) < step.columns), 0u, col);
}
