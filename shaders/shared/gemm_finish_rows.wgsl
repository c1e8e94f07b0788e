// The row sums of A, by the blocks of the first columns; each lane adds up rows of its own, in the order of k.
// Expects: load_a(row, k); constants WIDTH, ROWS, M, K; finish_row(Σ over k of A[row][k], row, 0).
fn finish_rows(row: u32, lane: u32, group: vec3u) {
  if (!FINISH_ROW || group.x != 0u) {
    return;
  }
  for (var r = row + lane; r < min(row + ROWS, M); r += WIDTH) {
    var sum = 0.0;
    for (var k = 0u; k < K + group.z; k++) {
      sum += load_a(r, k);
    }
    finish_row(sum, r, 0u);
  }
}
