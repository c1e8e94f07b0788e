// The map of each column: turned, sheared, stretched and moved at random about the centre of the image, from a pixel p to
// where its value comes from, A p + b. Rows: A by rows, then b. One invocation makes the map of a column.
// Expects: constants LANES, COLUMNS, STREAM, TURN, SHEAR, STRETCH, SHIFT, CENTRE_X, CENTRE_Y; finish(value, row, col).
// @uses shared/step
// @uses shared/sample
// @uses shared/threefry

fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  if (col >= COLUMNS) {
    return;
  }
  let sample = sample_at(col);
  let angles = symmetric(sample, 0u) * vec2f(TURN, SHEAR);
  let stretch = 1.0 + symmetric(sample, 1u) * STRETCH;
  let centre = vec2f(CENTRE_X, CENTRE_Y);
  let moved = centre + symmetric(sample, 2u) * SHIFT;
  let c = cosine(angles.x);
  let s = sine(angles.x);
  let lean = sine(angles.y) / cosine(angles.y);
  let a = vec4f(c + lean * s, s - lean * c, -s, c) / stretch.xxyy;
  finish(a[0], 0u, col);
  finish(a[1], 1u, col);
  finish(a[2], 2u, col);
  finish(a[3], 3u, col);
  finish(centre.x - (a[0] * moved.x + a[1] * moved.y), 4u, col);
  finish(centre.y - (a[2] * moved.x + a[3] * moved.y), 5u, col);
}

// Two numbers, uniform in [-1, 1) and exact.
fn symmetric(sample: u32, i: u32) -> vec2f {
  return vec2f(threefry(vec2u(step.random, STREAM), vec2u(sample, i)) >> vec2u(8u)) * 0x1p-23 - 1.0;
}

// By their series, for |x| up to pi: sin and cos of WGSL may err by 2^-11.
fn sine(x: f32) -> f32 {
  var series = 1.0;
  for (var k = 16.0; k > 0.0; k -= 2.0) {
    series = 1.0 - x * x / (k * (k + 1.0)) * series;
  }
  return x * series;
}

fn cosine(x: f32) -> f32 {
  var series = 1.0;
  for (var k = 18.0; k > 0.0; k -= 2.0) {
    series = 1.0 - x * x / (k * (k - 1.0)) * series;
  }
  return series;
}
