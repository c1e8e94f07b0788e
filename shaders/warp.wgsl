// A batch of images out of the resident data set, each seen through the map of its column: the pixel p of the new image is
// the old image at A p + b + displacement, interpolated between four pixels, 0 outside; columns past the end of a ragged
// batch are 0. One invocation makes the row group.y of one image, in all channels.
// Expects: constants LANES, COLUMNS, STRIDE, CHANNELS, HEIGHT, WIDTH, SCALE; element(i) of a load file; displacement(x, y,
//          col), called for x = 0, 1, 2, ...; finish(value, row, col).
// @uses shared/step
// @uses shared/sample
// @read MAP: array<f32>

fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  if (col >= COLUMNS) {
    return;
  }
  let valid = f32(col) < step.columns;
  let image = place_at(col) * (CHANNELS * HEIGHT * WIDTH);
  let a = mat2x2f(MAP[col], MAP[2u * STRIDE + col], MAP[STRIDE + col], MAP[3u * STRIDE + col]);
  let b = vec2f(MAP[4u * STRIDE + col], MAP[5u * STRIDE + col]);
  let end = WIDTH + group.z; // as in gemm.wgsl
  for (var x = 0u; x < end; x++) {
    let place = a * vec2f(f32(x), f32(group.y)) + b + displacement(x, group.y, col);
    for (var channel = 0u; channel < CHANNELS; channel++) {
      var value = 0.0;
      if (valid) {
        value = SCALE * interpolated(image + channel * HEIGHT * WIDTH, place);
      }
      finish(value, (channel * HEIGHT + group.y) * WIDTH + x, col);
    }
  }
}

fn interpolated(image: u32, place: vec2f) -> f32 {
  let corner = floor(place);
  let share = place - corner;
  let at = vec2i(corner);
  let top = between(pixel(image, at), pixel(image, at + vec2i(1, 0)), share.x);
  let bottom = between(pixel(image, at + vec2i(0, 1)), pixel(image, at + vec2i(1, 1)), share.x);
  return between(top, bottom, share.y);
}

// Exactly a for a share of 0.
fn between(a: f32, b: f32, share: f32) -> f32 {
  return a + share * (b - a);
}

fn pixel(image: u32, at: vec2i) -> f32 {
  // A negative coordinate is a large one.
  if (any(vec2u(at) >= vec2u(WIDTH, HEIGHT))) {
    return 0.0;
  }
  return element(image + u32(at.y) * WIDTH + u32(at.x));
}
