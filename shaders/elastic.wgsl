// Control points of the random displacements: AMPLITUDE times the sum of the four bytes of a word, about 0, which is near
// normal. Rows: x of every point, then y. One invocation makes the point group.y of one column.
// Expects: constants LANES, COLUMNS, POINTS, STREAM, AMPLITUDE; finish(value, row, col).
// @uses shared/step
// @uses shared/sample
// @uses shared/threefry

fn run(group: vec3u, lane: u32) {
  let col = group.x * LANES + lane;
  if (col >= COLUMNS) {
    return;
  }
  let words = threefry(vec2u(step.random, STREAM), vec2u(sample_at(col), group.y));
  finish(AMPLITUDE * sum_of_bytes(words.x), group.y, col);
  finish(AMPLITUDE * sum_of_bytes(words.y), group.y + POINTS, col);
}

fn sum_of_bytes(word: u32) -> f32 {
  let bytes = (vec4u(word) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(0xffu);
  return f32(bytes.x + bytes.y + bytes.z + bytes.w) - 510.0;
}
