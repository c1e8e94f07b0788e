// Sums of squares: each workgroup takes PART elements of X, one after another in the order of memory. Numbers of 2⁴⁸ and
// more, those between, and those below 2⁻⁴⁸ have a sum each, scaled so that no square is too large or too small.
// Expects: constants LANES, COLUMNS, STRIDE, SIZE, PART; finish(sum, range, part).
// @read X: array<f32>
const SQUARES = 64u;
var<workgroup> squares: array<vec3f, SQUARES>;

fn run(group: vec3u, lane: u32) {
  workgroupBarrier();
  let end = min((group.x + 1u) * PART, SIZE);
  for (var term = lane; term < SQUARES; term += LANES) {
    var sum = vec3f();
    for (var i = group.x * PART + term; i < end; i += SQUARES) {
      sum += square_in_range(X[i / COLUMNS * STRIDE + i % COLUMNS]);
    }
    squares[term] = sum;
  }
  // As in tree.wgsl.
  for (var half = SQUARES / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    for (var term = lane; term < half; term += LANES) {
      squares[term] += squares[term + half];
    }
  }
  workgroupBarrier();
  if (lane == 0u) {
    for (var range = 0u; range < 3u; range++) {
      finish(squares[0][range], range, group.x);
    }
  }
}

fn square_in_range(x: f32) -> vec3f {
  let large = abs(x) >= 0x1p48;
  let small = abs(x) < 0x1p-48;
  let scaled = x * select(select(1.0, 0x1p80, small), 0x1p-80, large);
  return select(vec3f(), vec3f(scaled * scaled), vec3<bool>(large, !large && !small, small));
}
