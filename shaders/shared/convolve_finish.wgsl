// What the forms of a convolution end with: the results of a block for the epilogue, one call in a loop that nobody can
// unroll, because the epilogue may be long.
// Expects: constants ROWS, SPAN, GROUPS, M, N, OH, OW, SPREAD_ACROSS; finish(value, row of [M, OH, OW], sample).
// @uses shared/convolve_place
fn finish_block(c: array<array<vec4f, SPAN>, ROWS>, at: Place, position: u32, quad: u32) {
  var block = c; // a copy to index freely, so that the accumulators themselves can stay in registers
  let filters = M / GROUPS;
  let end = min(M, (at.row / filters + 1u) * filters);
  let height = min(ROWS, max(end, at.row) - at.row);
  for (var e = 0u; e < 4u * SPAN * height; e++) {
    let r = e / (4u * SPAN);
    let p = e / 4u % SPAN;
    let col = 4u * quad + e % 4u;
    let x = (position + p) * SPREAD_ACROSS + at.phase;
    if (x < OW && col < N) {
      finish(block[r][p][e % 4u], ((at.row + r) * OH + at.line) * OW + x, col);
    }
  }
}
