// p = softmax(z) over the channels at each place of a column, or its features: pᵢ = exp(zᵢ − max z) / Σₖ exp(zₖ − max z). One
// invocation, one place.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE; finish(p, row, col).
// @read Z: array<f32>
// @uses load/logits
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  let highest = highest_logit(place, col, rows);
  let sum = 1.0 + sum_of_others(place, col, rows, highest);
  for (var row = 0u; row < rows; row++) {
    finish(exp(logit(row, place, col) - highest) / sum, row * PLACES + place, col);
  }
}
