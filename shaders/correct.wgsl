// For the channels at each place of a column, or its features, in three rows: 1 where the highest output stands where the highest target stands, else 0, and ties go to the
// lower row; how many outputs lie on the same side of THRESHOLD as their targets of 0.5; 1 where all of them do. Columns past
// the end of a ragged batch count 0. An output that is NaN or infinite, as its bits tell, stands in the place of all three.
// Expects: constants LANES, ROWS, PLACES, COLUMNS, STRIDE, THRESHOLD; finish(result, row, col); step.
// @uses shared/step
// @read A: array<f32>
// @read Y: array<f32>
fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  let col = i % COLUMNS;
  let place = i / COLUMNS;
  let rows = ROWS + group.z; // as in gemm.wgsl
  if (place >= PLACES) {
    return;
  }
  var output = 0u;
  var wanted = 0u;
  var right = 0u;
  var bad = rows;
  for (var row = 0u; row < rows; row++) {
    let at = (row * PLACES + place) * STRIDE + col;
    let have = A[at];
    let want = Y[at];
    if (have > A[(output * PLACES + place) * STRIDE + col]) {
      output = row;
    }
    if (want > Y[(wanted * PLACES + place) * STRIDE + col]) {
      wanted = row;
    }
    right += u32((have >= THRESHOLD) == (want >= 0.5));
    if ((bitcast<u32>(have) & 0x7f800000u) == 0x7f800000u) {
      bad = min(bad, row);
    }
  }
  var results = vec3f(f32(output == wanted), f32(right), f32(right == rows));
  if (bad < rows) {
    results = vec3f(A[(bad * PLACES + place) * STRIDE + col]);
  }
  if (f32(col) >= step.columns) {
    results = vec3f();
  }
  for (var i = 0u; i < 3u; i++) {
    finish(results[i], i * PLACES + place, col);
  }
}
