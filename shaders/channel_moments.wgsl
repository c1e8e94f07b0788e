// Mean and variance of each channel of X over its places in the valid columns of the batch. One workgroup adds up a
// channel, first x and then (x − mean)².
// Expects: constants LANES, COLUMNS, STRIDE, COUNT; finish_mean(mean, channel, 0),
//          finish(variance, channel, 0).
// @read X: array<f32>
// @uses shared/step
// @uses shared/tree

fn run(group: vec3u, lane: u32) {
  let count = f32(COUNT / COLUMNS) * step.columns;
  let channel = group.x;
  let mean = channel_sum(channel, lane, 0.0, false) / count;
  if (FINISH_MEAN && lane == 0u) {
    finish_mean(mean, channel, 0u);
  }
  if (FINISH) {
    let variance = channel_sum(channel, lane, mean, true) / count;
    if (lane == 0u) {
      finish(variance, channel, 0u);
    }
  }
}

// Σ (x − center) or Σ (x − center)², which every lane gets.
fn channel_sum(channel: u32, lane: u32, center: f32, squared: bool) -> f32 {
  workgroupBarrier();
  for (var term = lane; term < TERMS; term += LANES) {
    var sum = 0.0;
    for (var i = term; i < COUNT; i += TERMS) {
      let col = i % COLUMNS;
      if (f32(col) < step.columns) {
        let d = X[(channel * (COUNT / COLUMNS) + i / COLUMNS) * STRIDE + col] - center;
        sum += select(d, d * d, squared);
      }
    }
    terms[term] = sum;
  }
  return sum_of_terms(lane);
}
