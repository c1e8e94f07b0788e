// The gradient of filters, in parts: each invocation adds up δ · pixel over the rows y of its part and its samples, for a
// block of BLOCK_FILTERS × BLOCK_HEIGHT × BLOCK_WIDTH taps of one channel in registers. With a stride of 1 a pixel is
// loaded once for all taps of a line, and moves on from one to the next.
// Expects: finish(sum, row of [parts, FILTERS], tap); constants LANES, INVOCATIONS, CHANNELS, FILTERS, KH, KW, OH, OW, N,
//          STRIDE, BLOCK_FILTERS, BLOCK_HEIGHT, BLOCK_WIDTH, HALO = BLOCK_WIDTH − 1, ROW_PARTS, ROWS_OF_PART, SAMPLE_PARTS,
//          D_STRIDE.
// @read D: array<f32>
// @uses load/pixel_value
const HIGH = (KH + BLOCK_HEIGHT - 1u) / BLOCK_HEIGHT;
const WIDE = (KW + BLOCK_WIDTH - 1u) / BLOCK_WIDTH;

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= INVOCATIONS) {
    return;
  }
  let sample = i % SAMPLE_PARTS;
  let part = i / SAMPLE_PARTS % ROW_PARTS;
  let block = i / (SAMPLE_PARTS * ROW_PARTS);
  let kx = block % WIDE * BLOCK_WIDTH;
  let ky = block / WIDE % HIGH * BLOCK_HEIGHT;
  let channel = block / (WIDE * HIGH) % CHANNELS;
  let first = block / (WIDE * HIGH * CHANNELS) * BLOCK_FILTERS;

  var c: array<array<array<f32, BLOCK_WIDTH>, BLOCK_HEIGHT>, BLOCK_FILTERS>;
  for (var oy = part * ROWS_OF_PART; oy < min((part + 1u) * ROWS_OF_PART, OH); oy++) {
    for (var n = sample; n < N; n += SAMPLE_PARTS) {
      let line = oy * STRIDE + ky;
      var b: array<array<f32, BLOCK_WIDTH>, BLOCK_HEIGHT>;
      if (STRIDE == 1u) {
        for (var r = 0u; r < BLOCK_HEIGHT; r++) { // @unroll
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[r][p + 1u] = load_pixel(channel, line + r, kx + p, n);
          }
        }
      }
      for (var ox = 0u; ox < OW + group.z; ox++) {
        for (var r = 0u; r < BLOCK_HEIGHT; r++) { // @unroll
          if (STRIDE == 1u) {
            for (var p = 0u; p < HALO; p++) { // @unroll
              b[r][p] = b[r][p + 1u];
            }
            b[r][HALO] = load_pixel(channel, line + r, ox + kx + HALO, n);
          } else {
            for (var p = 0u; p < BLOCK_WIDTH; p++) { // @unroll
              b[r][p] = load_pixel(channel, line + r, ox * STRIDE + kx + p, n);
            }
          }
        }
        for (var o = 0u; o < BLOCK_FILTERS; o++) { // @unroll
          let d = D[((min(first + o, FILTERS - 1u) * OH + oy) * OW + ox) * D_STRIDE + n];
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
      let row = (part * SAMPLE_PARTS + sample) * FILTERS + first + o;
      finish(sums[o][r][p], row, (channel * KH + ky + r) * KW + kx + p);
    }
  }
}
