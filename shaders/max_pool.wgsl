// The largest value of each window, NaN where it holds one, which `max` may leave out; an invocation makes several samples of one, side by side with its neighbours.
// Expects: constants LANES, SAMPLES, PARTS = ⌈COLUMNS / SAMPLES⌉ and those of load/window; finish(value, row, col).
// @read X: array<f32>
// @uses load/window
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * OH * OW * PARTS) {
    let row = i / PARTS;
    let first = pixel_row(row / (OH * OW), row / OW % OH * STEP, row % OW * STEP);
    for (var j = 0u; j < SAMPLES + group.z; j++) {
      let col = i % PARTS + j * PARTS;
      if (col < COLUMNS) {
        var best = X[first * X_STRIDE + col];
        var bits = magnitude(best);
        for (var k = 1u; k < KH * KW; k++) {
          let value = X[(first + k / KW * W + k % KW) * X_STRIDE + col];
          best = max(best, value);
          bits = max(bits, magnitude(value));
        }
        finish(select(best, bitcast<f32>(bits), bits > INFINITE), row, col);
      }
    }
  }
}
