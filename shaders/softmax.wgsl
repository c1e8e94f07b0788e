// p = softmax(z) over the rows of each column: pᵢ = exp(zᵢ − max z) / Σₖ exp(zₖ − max z). One invocation, one column.
// Expects: constants ROWS, COLUMNS, STRIDE; finish(p, row, col).
// @read Z: array<f32>
// @uses load/logits
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let col = id.x;
  if (col >= COLUMNS) {
    return;
  }
  let highest = highest_logit(col);
  let sum = sum_of_exp(col, highest);
  for (var row = 0u; row < ROWS; row++) {
    finish(exp(Z[row * STRIDE + col] - highest) / sum, row, col);
  }
}
