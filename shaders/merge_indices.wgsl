// Merges the blocks that sort_indices.wgsl has sorted: SORTED [2, PLACES] has places in row 0 and their numbers in row 1. One
// invocation counts what comes before one of them, block by block.
// Expects: constants LANES, STRIDE, PLACES, BLOCK; finish(value, row, col).
// @read SORTED: array<f32>
const BLOCKS = (PLACES + BLOCK - 1u) / BLOCK;

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i >= PLACES) {
    return;
  }
  let own = SORTED[STRIDE + i];
  let block = i / BLOCK;
  var to = i % BLOCK;
  for (var other = 0u; other < BLOCKS + group.z; other++) { // as in gemm.wgsl
    if (other != block) {
      to += count_before(other * BLOCK, own, other < block);
    }
  }
  finish(SORTED[i], 0u, to);
  finish(own, 1u, to);
}

// How many numbers of a block are less than `own`, or equal to it where `or_equal`.
fn count_before(first: u32, own: f32, or_equal: bool) -> u32 {
  var low = first;
  var high = min(first + BLOCK, PLACES);
  while (low < high) {
    let middle = (low + high) / 2u;
    let index = SORTED[STRIDE + middle];
    if (index < own || (or_equal && index == own)) {
      low = middle + 1u;
    } else {
      high = middle;
    }
  }
  return low - first;
}
