// An image convolved with filters: each invocation makes a block of ROWS filters × SPAN neighbouring positions × 4 samples in
// registers. With a stride of 1 a pixel is loaded once for all positions of the block, and moves on from one to the next.
// Every element is the chain c ← fma(filter, pixel, c) over channel, ky, kx, here and in the other forms.
// Expects: load_filter(row, channel, ky, kx), load_pixels(channel, y, x, quad); convolve_finish; constants ROWS, SPAN,
//          HALO = SPAN − 1, LANES, M, N, QUADS, CHANNELS, KH, KW, OH, OW, STRIDE.
// @uses shared/convolve_finish
fn run(group: vec3u, lane: u32) {
  let row = first_row(group);
  let oy = line_of(group);
  let ox = first_position(group, lane);
  let quad = quad_of(group, lane);
  var c: array<array<vec4f, SPAN>, ROWS>;
  for (var channel = 0u; channel < CHANNELS + group.z; channel++) {
    for (var ky = 0u; ky < KH + group.z; ky++) {
      let h = oy * STRIDE + ky;
      if (!has_row(h)) {
        continue;
      }
      var b: array<vec4f, SPAN>;
      if (STRIDE == 1u) {
        for (var p = 0u; p < HALO; p++) { // @unroll
          b[p + 1u] = load_pixels(channel, h, ox + p, quad);
        }
      }
      for (var kx = 0u; kx < KW + group.z; kx++) {
        if (STRIDE == 1u) {
          for (var p = 0u; p < HALO; p++) { // @unroll
            b[p] = b[p + 1u];
          }
          b[HALO] = load_pixels(channel, h, ox + HALO + kx, quad);
        } else {
          for (var p = 0u; p < SPAN; p++) { // @unroll
            b[p] = load_pixels(channel, h, (ox + p) * STRIDE + kx, quad);
          }
        }
        for (var r = 0u; r < ROWS; r++) { // @unroll
          let a = vec4f(load_filter(row + r, channel, ky, kx));
          for (var p = 0u; p < SPAN; p++) { // @unroll
            c[r][p] = fma(a, b[p], c[r][p]);
          }
        }
      }
    }
  }
  finish_block(c, row, oy, ox, quad);
}
