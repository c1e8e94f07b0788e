// The largest value of each window, NaN where it holds one, which `max` may leave out, and where the first of the largest is:
// ky · KW + kx. What lies beside the image is none of them. An invocation makes several samples of one window, side by side with
// its neighbours.
// Expects: constants LANES, SAMPLES, PARTS = ⌈COLUMNS / SAMPLES⌉, CHANNELS, H, W, OH, OW, KH, KW, STEP_DOWN, STEP_ACROSS, TOP, LEFT,
//          PADDED, COLUMNS, X_STRIDE; finish(value, row, col), finish_place(place, row, col).
// @read X: array<f32>
// @uses shared/window

// The bits of |x|: more than INFINITE for NaN alone. By bits, since a driver may take it that x == x.
const INFINITE = 0x7f800000u;
fn magnitude(x: f32) -> u32 {
  return bitcast<u32>(x) & 0x7fffffffu;
}

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * OH * OW * PARTS) {
    let row = i / PARTS;
    let top = row / OW % OH * STEP_DOWN;
    let left = row % OW * STEP_ACROSS;
    let width = pixels_in(left, KW, LEFT, W);
    let pixels = pixels_in(top, KH, TOP, H) * width;
    let y = first_pixel(top, TOP);
    let x = first_pixel(left, LEFT);
    let first = (row / (OH * OW) * H + y) * W + x;
    for (var j = 0u; j < SAMPLES + group.z; j++) {
      let col = i % PARTS + j * PARTS;
      if (col < COLUMNS) {
        var best = X[first * X_STRIDE + col];
        var bits = magnitude(best);
        var place = 0u;
        for (var k = 1u; k < pixels; k++) {
          let value = X[(first + k / width * W + k % width) * X_STRIDE + col];
          let more = magnitude(value);
          if (FINISH_PLACE) {
            place = select(place, k, bits <= INFINITE && (more > INFINITE || value > best));
          }
          best = max(best, value);
          bits = max(bits, more);
        }
        if (FINISH) {
          finish(select(best, bitcast<f32>(bits), bits > INFINITE), row, col);
        }
        if (FINISH_PLACE) {
          let in_window = (y + TOP - top + place / width) * KW + x + LEFT - left + place % width;
          finish_place(f32(select(place, in_window, PADDED)), row, col);
        }
      }
    }
  }
}
