// The root of all sums of squares that square_sums.wgsl made, one workgroup. What is in the lower of two ranges counts beside
// the higher with its scale, and beside the highest the lowest does not count.
// Expects: constants LANES, STRIDE; finish(norm, 0, 0).
// @read X: array<f32>
// @uses shared/tree

fn run(group: vec3u, lane: u32) {
  let large = range_sum(0u, lane);
  let middle = range_sum(1u, lane);
  let small = range_sum(2u, lane);
  if (lane == 0u) {
    finish(root(large, middle, small), 0u, 0u);
  }
}

fn range_sum(range: u32, lane: u32) -> f32 {
  workgroupBarrier();
  for (var term = lane; term < TERMS; term += LANES) {
    terms[term] = X[range * STRIDE + term];
  }
  return sum_of_terms(lane);
}

fn root(large: f32, middle: f32, small: f32) -> f32 {
  if (large != 0.0) {
    return sqrt(large + middle * 0x1p-80 * 0x1p-80) * 0x1p80;
  }
  if (middle != 0.0) {
    return sqrt(middle + small * 0x1p-80 * 0x1p-80);
  }
  return sqrt(small) * 0x1p-80;
}
