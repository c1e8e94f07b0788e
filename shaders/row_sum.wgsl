// Sums over all but the first axis: one workgroup adds up the COUNT values of X at one place of it.
// Expects: constants LANES, COLUMNS, STRIDE, COUNT; finish(sum, row, 0).
// @read X: array<f32>
// @uses shared/tree

fn run(group: vec3u, lane: u32) {
  let row = group.x;
  workgroupBarrier();
  for (var term = lane; term < TERMS; term += LANES) {
    var sum = 0.0;
    for (var i = term; i < COUNT; i += TERMS) {
      sum += X[(row * (COUNT / COLUMNS) + i / COLUMNS) * STRIDE + i % COLUMNS];
    }
    terms[term] = sum;
  }
  let sum = sum_of_terms(lane);
  if (lane == 0u) {
    finish(sum, row, 0u);
  }
}
