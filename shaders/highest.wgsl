// For the channels at each place of a column, or its features, 1 where the highest value stands, the first of several, and 0 elsewhere. Columns past the end of a ragged
// batch are 0. One invocation, one place.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE; finish(result, row, col); step.
// @uses shared/step
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  var highest = 0u;
  for (var row = 0u; row < rows; row++) {
    if (X[(row * PLACES + place) * STRIDE + col] > X[(highest * PLACES + place) * STRIDE + col]) {
      highest = row;
    }
  }
  for (var row = 0u; row < rows; row++) {
    finish(f32(row == highest && f32(col) < step.columns), row * PLACES + place, col);
  }
}
