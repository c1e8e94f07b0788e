// Hands G [CHANNELS, OH, OW, COLUMNS] down to where the largest values of X were: an invocation makes a cell of STEP × STEP
// pixels of several samples, from all windows that reach into it.
// Expects: constants LANES, SAMPLES, PARTS = ⌈COLUMNS / SAMPLES⌉, G_STRIDE and those of load/window;
//          finish(gradient, row, col).
// @read G: array<f32>
// @read X: array<f32>
// @uses load/window
const CELLS_DOWN = (H + STEP - 1u) / STEP;
const CELLS_ACROSS = (W + STEP - 1u) / STEP;
// Windows that reach into a cell from above, and from the left, counting the one that begins there.
const REACH_DOWN = (KH + STEP - 1u) / STEP;
const REACH_ACROSS = (KW + STEP - 1u) / STEP;

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * CELLS_DOWN * CELLS_ACROSS * PARTS) {
    let cell = i / PARTS;
    let cell_x = cell % CELLS_ACROSS;
    let cell_y = cell / CELLS_ACROSS % CELLS_DOWN;
    for (var j = 0u; j < SAMPLES + group.z; j++) {
      let col = i % PARTS + j * PARTS;
      if (col < COLUMNS) {
        make_cell(cell / (CELLS_ACROSS * CELLS_DOWN), cell_y, cell_x, col, group.z);
      }
    }
  }
}

fn make_cell(c: u32, cell_y: u32, cell_x: u32, col: u32, zero: u32) {
  var sums: array<f32, STEP * STEP>;
  for (var up = 0u; up < min(REACH_DOWN, cell_y + 1u); up++) {
    for (var back = 0u; back < min(REACH_ACROSS, cell_x + 1u); back++) {
      if (cell_y - up < OH && cell_x - back < OW) {
        let at = first_largest(c, cell_y - up, cell_x - back, col);
        let g = G[((c * OH + cell_y - up) * OW + cell_x - back) * G_STRIDE + col];
        // Within the cell; what lies before it wraps round to large numbers.
        let down = at / KW - up * STEP;
        let across = at % KW - back * STEP;
        if (down < STEP && across < STEP) {
          sums[down * STEP + across] += g;
        }
      }
    }
  }
  for (var e = 0u; e < STEP * STEP + zero; e++) {
    let h = cell_y * STEP + e / STEP;
    let w = cell_x * STEP + e % STEP;
    if (h < H && w < W) {
      finish(sums[e], pixel_row(c, h, w), col);
    }
  }
}
