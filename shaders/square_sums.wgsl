// Sums of squares: each workgroup takes PART elements of X, one after another in the order of memory.
// Expects: constants LANES, COLUMNS, STRIDE, SIZE, PART; finish(sum, 0, part).
// @read X: array<f32>
// @uses tree

fn run(group: vec3u, lane: u32) {
  workgroupBarrier();
  let end = min((group.x + 1u) * PART, SIZE);
  for (var term = lane; term < TERMS; term += LANES) {
    var sum = 0.0;
    for (var i = group.x * PART + term; i < end; i += TERMS) {
      let x = X[i / COLUMNS * STRIDE + i % COLUMNS];
      sum += x * x;
    }
    terms[term] = sum;
  }
  let sum = sum_of_terms(lane);
  if (lane == 0u) {
    finish(sum, 0u, group.x);
  }
}
