// The gradient of filters, in parts: each invocation adds up δ · pixel over the rows y and places x of its part and its
// samples, for a block of BLOCK_FILTERS × BLOCK_HEIGHT × BLOCK_WIDTH taps of one channel in registers. With a step of 1 a pixel
// is loaded once for all taps of a line, and moves on from one to the next. CHANNELS and FILTERS are those of a group.
// Expects: finish(sum, row of [parts, GROUPS · FILTERS], tap); constants LANES, INVOCATIONS, GROUPS, CHANNELS, FILTERS, KH, KW,
//          OH, OW, N, STEP_DOWN, STEP_ACROSS, TOP, LEFT, BLOCK_FILTERS, BLOCK_HEIGHT, BLOCK_WIDTH, HALO = BLOCK_WIDTH − 1,
//          STRETCHES, LINES and PLACES of each, SAMPLE_PARTS, D_STRIDE.
// @read D: array<f32>
// @uses load/pixel_value
const HIGH = (KH + BLOCK_HEIGHT - 1u) / BLOCK_HEIGHT;
const WIDE = (KW + BLOCK_WIDTH - 1u) / BLOCK_WIDTH;
const BLOCKS = (FILTERS + BLOCK_FILTERS - 1u) / BLOCK_FILTERS;
// Stretches in a line: one, or all of them where there is a single line.
const ALONG = (OW + PLACES - 1u) / PLACES;

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= INVOCATIONS) {
    return;
  }
  let sample = i % SAMPLE_PARTS;
  let stretch = i / SAMPLE_PARTS % STRETCHES;
  let block = i / (SAMPLE_PARTS * STRETCHES);
  let kx = block % WIDE * BLOCK_WIDTH;
  let ky = block / WIDE % HIGH * BLOCK_HEIGHT;
  let channel = block / (WIDE * HIGH) % CHANNELS;
  let filters = block / (WIDE * HIGH * CHANNELS);
  let of_group = filters / BLOCKS;
  let first = filters % BLOCKS * BLOCK_FILTERS;
  let image = of_group * CHANNELS + channel;
  let first_line = stretch / ALONG * LINES;
  let first_place = stretch % ALONG * PLACES;
  let end_place = min(first_place + PLACES, OW);

  var c: array<array<array<f32, BLOCK_WIDTH>, BLOCK_HEIGHT>, BLOCK_FILTERS>;
  for (var oy = first_line; oy < min(first_line + LINES, OH); oy++) {
    let h = oy * STEP_DOWN + ky - TOP;
    for (var n = sample; n < N; n += SAMPLE_PARTS) {
      var b: array<array<f32, BLOCK_WIDTH>, BLOCK_HEIGHT>;
      if (STEP_ACROSS == 1u) {
        for (var r = 0u; r < BLOCK_HEIGHT; r++) { // @unroll
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[r][p + 1u] = load_pixel(image, h + r, first_place + kx + p - LEFT, n);
          }
        }
      }
      for (var ox = first_place; ox < end_place + group.z; ox++) {
        let w = ox * STEP_ACROSS + kx - LEFT;
        for (var r = 0u; r < BLOCK_HEIGHT; r++) { // @unroll
          if (STEP_ACROSS == 1u) {
            for (var p = 0u; p < HALO; p++) { // @unroll
              b[r][p] = b[r][p + 1u];
            }
            b[r][HALO] = load_pixel(image, h + r, w + HALO, n);
          } else {
            for (var p = 0u; p < BLOCK_WIDTH; p++) { // @unroll
              b[r][p] = load_pixel(image, h + r, w + p, n);
            }
          }
        }
        for (var o = 0u; o < BLOCK_FILTERS; o++) { // @unroll
          let row = of_group * FILTERS + min(first + o, FILTERS - 1u);
          let d = D[((row * OH + oy) * OW + ox) * D_STRIDE + n];
          for (var r = 0u; r < BLOCK_HEIGHT; r++) { // @unroll
            for (var p = 0u; p < BLOCK_WIDTH; p++) { // @unroll
              c[o][r][p] = fma(d, b[r][p], c[o][r][p]);
            }
          }
        }
      }
    }
  }

  var sums = c; // a copy to index freely, so that the accumulators themselves can stay in registers
  for (var e = 0u; e < BLOCK_FILTERS * BLOCK_HEIGHT * BLOCK_WIDTH + group.z; e++) {
    let p = e % BLOCK_WIDTH;
    let r = e / BLOCK_WIDTH % BLOCK_HEIGHT;
    let o = e / (BLOCK_WIDTH * BLOCK_HEIGHT);
    if (first + o < FILTERS && ky + r < KH && kx + p < KW) {
      let row = ((stretch * SAMPLE_PARTS + sample) * GROUPS + of_group) * FILTERS + first + o;
      finish(sums[o][r][p], row, (channel * KH + ky + r) * KW + kx + p);
    }
  }
}
