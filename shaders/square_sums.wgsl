// Sums of squares: each workgroup takes PART elements of X, one after another in the order of memory, and adds up their
// squares in an order that does not depend on how many lanes it has.
// Expects: constants LANES, COLUMNS, STRIDE, SIZE, PART; finish(sum, 0, part).
// @read X: array<f32>
const TERMS = 64u;
var<workgroup> partial: array<f32, TERMS>;

fn run(group: vec3u, lane: u32) {
  workgroupBarrier(); // of the part before
  let end = min((group.x + 1u) * PART, SIZE);
  for (var term = lane; term < TERMS; term += LANES) {
    var sum = 0.0;
    for (var i = group.x * PART + term; i < end; i += TERMS) {
      let x = X[i / COLUMNS * STRIDE + i % COLUMNS];
      sum += x * x;
    }
    partial[term] = sum;
  }
  for (var half = TERMS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    for (var term = lane; term < half; term += LANES) {
      partial[term] += partial[term + half];
    }
  }
  if (lane == 0u) {
    finish(partial[0], 0u, group.x);
  }
}
