// What the forms of a convolution begin and end with: the block of a lane, and its results for the epilogue.
// Expects: constants LANES, ROWS, SPAN, M, N, QUADS, OH, OW; finish(value, row of [M, OH, OW], sample).

// The first of its filters and the line, which are those of the whole workgroup.
fn first_row(group: vec3u) -> u32 {
  return group.y / OH * ROWS;
}
fn line_of(group: vec3u) -> u32 {
  return group.y % OH;
}

// The first position in the line, and the samples, 4·quad to 4·quad + 3.
fn first_position(group: vec3u, lane: u32) -> u32 {
  return (group.x * LANES + lane) / QUADS * SPAN;
}
fn quad_of(group: vec3u, lane: u32) -> u32 {
  return (group.x * LANES + lane) % QUADS;
}

// One call in a loop that nobody can unroll: the epilogue may be long.
fn finish_block(c: array<array<vec4f, SPAN>, ROWS>, row: u32, oy: u32, ox: u32, quad: u32) {
  var block = c; // a copy to index freely, so that the accumulators themselves can stay in registers
  let height = min(ROWS, max(M, row) - row);
  for (var e = 0u; e < 4u * SPAN * height; e++) {
    let r = e / (4u * SPAN);
    let p = e / 4u % SPAN;
    let col = 4u * quad + e % 4u;
    if (ox + p < OW && col < N) {
      finish(block[r][p][e % 4u], ((row + r) * OH + oy) * OW + ox + p, col);
    }
  }
}
