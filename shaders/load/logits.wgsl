// What a softmax of a column of Z is made of: the largest logit, and Σₖ exp(zₖ − largest) over the others, which cannot
// overflow. With the largest itself, whose term is 1, that is the sum of all.
// Expects: the binding Z, constant STRIDE.
// @uses act/log_one_plus
fn highest_logit(col: u32, rows: u32) -> f32 {
  var highest = Z[col];
  for (var row = 1u; row < rows; row++) {
    highest = max(highest, Z[row * STRIDE + col]);
  }
  return highest;
}

fn sum_of_others(col: u32, rows: u32, highest: f32) -> f32 {
  var sum = 0.0;
  var passed = false;
  for (var row = 0u; row < rows; row++) {
    let z = Z[row * STRIDE + col];
    let is_highest = z == highest && !passed;
    sum += select(exp(z - highest), 0.0, is_highest);
    passed = passed || is_highest;
  }
  return sum;
}

// log Σₖ exp(zₖ − largest) of all, from the sum of the others.
fn log_sum_with(others: f32) -> f32 {
  return select(log(1.0 + others), log_one_plus(min(others, 1.0)), others <= 1.0);
}
