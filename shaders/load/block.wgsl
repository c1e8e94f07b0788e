// A row of BLOCK values that the lanes of a workgroup share.
// Expects: constant BLOCK; shared_rows, rows of BLOCK values.
fn block_of(row: u32) -> array<f32, BLOCK> {
  var block: array<f32, BLOCK>;
  for (var c = 0u; c < BLOCK; c++) { // @unroll
    block[c] = shared_rows[row * BLOCK + c];
  }
  return block;
}
