// The largest value of each window, an invocation per result.
// Expects: constants LANES, GROUPS and those of load/window; finish(value, row, col).
// @read X: array<f32>
// @uses load/window
fn run(group: vec3u, lane: u32) {
  for (var i = group.x * LANES + lane; i < CHANNELS * OH * OW * COLUMNS; i += LANES * GROUPS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    let first = pixel_row(row / (OH * OW), row / OW % OH * STEP, row % OW * STEP);
    var best = X[first * X_STRIDE + col];
    for (var k = 1u; k < KH * KW; k++) {
      best = max(best, X[(first + k / KW * W + k % KW) * X_STRIDE + col]);
    }
    finish(best, row, col);
  }
}
