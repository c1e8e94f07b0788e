// The windows of pooling on X [CHANNELS, H, W, COLUMNS]: KH × KW pixels, STEP from one to the next, OH × OW of them.

// The row of pixel (c, h, w).
fn pixel_row(c: u32, h: u32, w: u32) -> u32 {
  return (c * H + h) * W + w;
}

// The bits of |x|: more than INFINITE for NaN alone. By bits, since a driver may take it that x == x.
const INFINITE = 0x7f800000u;
fn magnitude(x: f32) -> u32 {
  return bitcast<u32>(x) & 0x7fffffffu;
}

// Where in window (h, w) of channel c its first largest value is, its first NaN if it holds one: ky · KW + kx.
// Constant X_STRIDE.
// @read X: array<f32>
fn first_largest(c: u32, h: u32, w: u32, col: u32) -> u32 {
  var best = X[pixel_row(c, h * STEP, w * STEP) * X_STRIDE + col];
  var at = 0u;
  var found = magnitude(best) > INFINITE;
  for (var k = 1u; k < KH * KW; k++) {
    let value = X[pixel_row(c, h * STEP + k / KW, w * STEP + k % KW) * X_STRIDE + col];
    let is_nan = magnitude(value) > INFINITE;
    if (!found && (is_nan || value > best)) {
      best = value;
      at = k;
      found = is_nan;
    }
  }
  return at;
}
