// The share of each pixel in G [CHANNELS, OH, OW, COLUMNS], from all windows that reach it; an invocation per pixel.
// Expects: constants as average_pool.wgsl, and G_STRIDE; finish(gradient, row, col).
// @read G: array<f32>
// @uses shared/window
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * H * W * COLUMNS) {
    let col = i % COLUMNS;
    let row = i / COLUMNS;
    let h = row / W % H + TOP;
    let w = row % W + LEFT;
    var sum = 0.0;
    // The last window that begins at or before the pixel, and those before it that still reach it.
    for (var oy = h / STEP_DOWN; oy * STEP_DOWN + KH > h && oy <= h; oy--) {
      for (var ox = w / STEP_ACROSS; ox * STEP_ACROSS + KW > w && ox <= w; ox--) {
        if (oy < OH && ox < OW) {
          let g = G[(row / (H * W) * OH * OW + oy * OW + ox) * G_STRIDE + col];
          let pixels = pixels_in(oy * STEP_DOWN, KH, TOP, H) * pixels_in(ox * STEP_ACROSS, KW, LEFT, W);
          sum += select(g, g / f32(pixels), UNCOUNTED);
        }
      }
    }
    finish(sum * SCALE, row, col);
  }
}
