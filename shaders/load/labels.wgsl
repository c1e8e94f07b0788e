// Rows `row` to `row` + 3 of the one-hot vector of a sample that is one class index. Expects element(i).
fn four_values(sample: u32, row: u32) -> vec4f {
  return select(vec4f(), vec4f(1.0), vec4u(row, row + 1u, row + 2u, row + 3u) == vec4u(u32(element(sample))));
}
