// The displacement of pixel (x, y): control points weighted by cubic B-splines, four by four. Along a row of pixels the
// columns of points that have a say are kept, weighted by y; so it has to be called for x = 0, 1, 2, ...
// Constants: STRIDE, PITCH in points per pixel, POINT_ROWS, POINT_COLUMNS.
// @read POINTS: array<f32>
var<private> window: mat4x2f;

fn displacement(x: u32, y: u32, col: u32) -> vec2f {
  let place = f32(x) * PITCH;
  let first = u32(place);
  if (x == 0u) {
    window = mat4x2f(point_column(0u, y, col), point_column(1u, y, col), point_column(2u, y, col), point_column(3u, y, col));
  } else if (first != u32(f32(x - 1u) * PITCH)) {
    window = mat4x2f(window[1], window[2], window[3], point_column(first + 3u, y, col));
  }
  return window * spline_weights(place - f32(first));
}

fn point_column(at: u32, y: u32, col: u32) -> vec2f {
  let place = f32(y) * PITCH;
  let first = u32(place);
  let weights = spline_weights(place - f32(first));
  var sum = vec2f();
  for (var k = 0u; k < 4u; k++) { // @unroll
    let point = (first + k) * POINT_COLUMNS + at;
    sum += weights[k] * vec2f(POINTS[point * STRIDE + col], POINTS[(point + POINT_ROWS * POINT_COLUMNS) * STRIDE + col]);
  }
  return sum;
}

// Of the four points around a place that lies the share f behind the second of them.
fn spline_weights(f: f32) -> vec4f {
  let g = 1.0 - f;
  return vec4f(
    g * g * g * (1.0 / 6.0),
    2.0 / 3.0 - f * f * (1.0 - 0.5 * f),
    2.0 / 3.0 - g * g * (1.0 - 0.5 * g),
    f * f * f * (1.0 / 6.0)
  );
}
