// A data set stored as bytes, four to a word. Constant ROWS.
// @read DATA: array<u32>
fn element(i: u32) -> f32 {
  return f32((DATA[i / 4u] >> (8u * (i % 4u))) & 0xffu);
}

// Elements i to i + 3: one word, where every sample starts with a word.
fn four_elements(i: u32) -> vec4f {
  if (ROWS % 4u != 0u) {
    return vec4f(element(i), element(i + 1u), element(i + 2u), element(i + 3u));
  }
  let word = DATA[i / 4u];
  return vec4f(vec4u(word, word >> 8u, word >> 16u, word >> 24u) & vec4u(0xffu));
}
