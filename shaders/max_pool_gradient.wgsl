// Hands G [CHANNELS, OH, OW, COLUMNS] down to where the largest values were, which PLACE says of each window: ky · KW + kx.
// An invocation makes a tile of TILE × TILE pixels of several samples, from all windows that reach into it, the last one first.
// Expects: constants LANES, SAMPLES, PARTS = ⌈COLUMNS / SAMPLES⌉, TILE, CHANNELS, H, W, OH, OW, KH, KW, STEP_DOWN,
//          STEP_ACROSS, TOP, LEFT, COLUMNS, G_STRIDE; finish(gradient, row, col).
// @read G: array<f32>
// @read PLACE: array<f32>
const TILES_DOWN = (H + TILE - 1u) / TILE;
const TILES_ACROSS = (W + TILE - 1u) / TILE;

fn run(group: vec3u, lane: u32) {
  let i = group.x * LANES + lane;
  if (i < CHANNELS * TILES_DOWN * TILES_ACROSS * PARTS) {
    let tile = i / PARTS;
    let left = tile % TILES_ACROSS * TILE;
    let top = tile / TILES_ACROSS % TILES_DOWN * TILE;
    for (var j = 0u; j < SAMPLES + group.z; j++) {
      let col = i % PARTS + j * PARTS;
      if (col < COLUMNS) {
        make_tile(tile / (TILES_ACROSS * TILES_DOWN), top, left, col, group.z);
      }
    }
  }
}

fn make_tile(c: u32, top: u32, left: u32, col: u32, zero: u32) {
  var sums: array<f32, TILE * TILE>;
  // Counted from the first of the zeros beside the image, as windows are.
  let from_top = top + TOP;
  let from_left = left + LEFT;
  for (var y = end_of_windows(from_top, STEP_DOWN, OH); y > first_window(from_top, STEP_DOWN, KH); y--) {
    for (var x = end_of_windows(from_left, STEP_ACROSS, OW); x > first_window(from_left, STEP_ACROSS, KW); x--) {
      let window = ((c * OH + y - 1u) * OW + x - 1u) * G_STRIDE + col;
      let place = u32(PLACE[window]);
      // Within the tile; what lies before it wraps round to large numbers.
      let down = (y - 1u) * STEP_DOWN + place / KW - from_top;
      let across = (x - 1u) * STEP_ACROSS + place % KW - from_left;
      if (down < TILE && across < TILE) {
        sums[down * TILE + across] += G[window];
      }
    }
  }
  for (var e = 0u; e < TILE * TILE + zero; e++) {
    let h = top + e / TILE;
    let w = left + e % TILE;
    if (h < H && w < W) {
      finish(sums[e], (c * H + h) * W + w, col);
    }
  }
}

// Of the windows along an axis, `by` pixels from one to the next, the first that reaches the pixel `start`, and the end of those that begin in its tile.
fn first_window(start: u32, by: u32, size: u32) -> u32 {
  return select(0u, (start - size) / by + 1u, start >= size);
}
fn end_of_windows(start: u32, by: u32, count: u32) -> u32 {
  return min((start + TILE - 1u) / by + 1u, count);
}
