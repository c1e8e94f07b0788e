// The mean of each window, an invocation per result. The zeros around the image count, unless UNCOUNTED.
// Expects: constants LANES, SCALE, CHANNELS, H, W, OH, OW, KH, KW, STEP_DOWN, STEP_ACROSS, TOP, LEFT, PADDED, UNCOUNTED, COLUMNS,
//          X_STRIDE; finish(value, row, col). SCALE is 1 / (KH · KW), or 1 where UNCOUNTED.
// @read X: array<f32>
// @uses shared/window
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * OH * OW * COLUMNS) {
    let row = i / COLUMNS;
    let col = i % COLUMNS;
    let top = row / OW % OH * STEP_DOWN;
    let left = row % OW * STEP_ACROSS;
    let height = pixels_in(top, KH, TOP, H);
    let width = pixels_in(left, KW, LEFT, W);
    let first = (row / (OH * OW) * H + first_pixel(top, TOP)) * W + first_pixel(left, LEFT);
    var sum = 0.0;
    for (var k = 0u; k < height * width; k++) {
      sum += X[(first + k / width * W + k % width) * X_STRIDE + col];
    }
    if (UNCOUNTED) {
      sum /= f32(height * width);
    }
    finish(sum * SCALE, row, col);
  }
}
