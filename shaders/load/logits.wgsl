// What a softmax of the channels of Z at a place of a column is made of: the largest logit, and Σₖ exp(zₖ − largest) over the others, which cannot
// overflow. With the largest itself, whose term is 1, that is the sum of all.
// Expects: the binding Z, constants PLACES, STRIDE.
// @uses act/log_one_plus
fn logit(row: u32, place: u32, col: u32) -> f32 {
  return Z[(row * PLACES + place) * STRIDE + col];
}

fn highest_logit(place: u32, col: u32, rows: u32) -> f32 {
  var highest = logit(0u, place, col);
  for (var row = 1u; row < rows; row++) {
    highest = max(highest, logit(row, place, col));
  }
  return highest;
}

fn sum_of_others(place: u32, col: u32, rows: u32, highest: f32) -> f32 {
  var sum = 0.0;
  var passed = false;
  for (var row = 0u; row < rows; row++) {
    let z = logit(row, place, col);
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
