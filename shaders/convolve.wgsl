// An image convolved with filters: each invocation makes a block of ROWS filters × SPAN positions × 4 samples in registers.
// The positions are neighbours, or SPREAD_ACROSS apart where there are zeros between pixels: they meet the same taps, and no
// other tap meets a pixel. With a step of 1 a pixel is loaded once for all positions of the block, and moves on from one to the
// next. Every element is the chain c ← fma(filter, pixel, c) over channel, ky, kx, here and in the other forms.
// Expects: load_filter(row, channel, ky, kx), load_pixels(channel, y, x, quad); shared/convolve_place, convolve_finish;
//          constants ROWS, SPAN, HALO = SPAN − 1, CHANNELS, KH, KW, STEP_ACROSS, SPREAD_DOWN, SPREAD_ACROSS.
// @uses shared/convolve_place
// @uses shared/convolve_finish
fn run(group: vec3u, lane: u32) {
  let at = place_of(group);
  let position = position_of(group, lane);
  let quad = quad_of(group, lane);
  let down = meeting_down(at.line);
  let across = meeting_across(at.phase);
  let w = position * STEP_ACROSS + across.pixel;
  var c: array<array<vec4f, SPAN>, ROWS>;
  for (var channel = 0u; channel < CHANNELS + group.z; channel++) {
    for (var i = 0u; down.tap + i * SPREAD_DOWN < KH + group.z; i++) {
      let h = down.pixel + i;
      if (!has_row(h)) {
        continue;
      }
      var b: array<vec4f, SPAN>;
      if (STEP_ACROSS == 1u) {
        for (var p = 0u; p < HALO; p++) { // @unroll
          b[p + 1u] = load_pixels(at.channel + channel, h, w + p, quad);
        }
      }
      for (var j = 0u; across.tap + j * SPREAD_ACROSS < KW + group.z; j++) {
        if (STEP_ACROSS == 1u) {
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[p] = b[p + 1u];
          }
          b[HALO] = load_pixels(at.channel + channel, h, w + HALO + j, quad);
        } else {
          for (var p = 0u; p < SPAN; p++) { // @unroll
            b[p] = load_pixels(at.channel + channel, h, w + p * STEP_ACROSS + j, quad);
          }
        }
        for (var r = 0u; r < ROWS; r++) { // @unroll
          let a = vec4f(load_filter(at.row + r, channel, down.tap + i * SPREAD_DOWN, across.tap + j * SPREAD_ACROSS));
          for (var p = 0u; p < SPAN; p++) { // @unroll
            c[r][p] = fma(a, b[p], c[r][p]);
          }
        }
      }
    }
  }
  finish_block(c, at, position, quad);
}
