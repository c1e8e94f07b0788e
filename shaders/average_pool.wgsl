// The mean of each window, an invocation per result.
// Expects: constants LANES, SCALE = 1 / (KH · KW), CHANNELS, H, W, OH, OW, KH, KW, STEP_DOWN, STEP_ACROSS, COLUMNS, X_STRIDE;
//          finish(value, row, col).
// @read X: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * OH * OW * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    let first = (row / (OH * OW) * H + row / OW % OH * STEP_DOWN) * W + row % OW * STEP_ACROSS;
    var sum = 0.0;
    for (var k = 0u; k < KH * KW; k++) {
      sum += X[(first + k / KW * W + k % KW) * X_STRIDE + col];
    }
    finish(sum * SCALE, row, col);
  }
}
