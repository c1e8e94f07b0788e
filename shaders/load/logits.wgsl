// What a softmax of a column of Z is made of: the largest logit, and Σₖ exp(zₖ − largest), which cannot overflow.
// Expects: the binding Z, constant STRIDE.
fn highest_logit(col: u32, rows: u32) -> f32 {
  var highest = Z[col];
  for (var row = 1u; row < rows; row++) {
    highest = max(highest, Z[row * STRIDE + col]);
  }
  return highest;
}

fn sum_of_exp(col: u32, rows: u32, highest: f32) -> f32 {
  var sum = 0.0;
  for (var row = 0u; row < rows; row++) {
    sum += exp(Z[row * STRIDE + col] - highest);
  }
  return sum;
}
