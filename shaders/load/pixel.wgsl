// Where the pixels of an image are among the zeros: TOP and LEFT of them before it, SPREAD − 1 between two of its pixels.
// PADDED says whether there are any that windows reach. The operators are those that take no branch: one per load takes
// compilers minutes.
// Constants: H, W, TOP, LEFT, SPREAD, PADDED.

// Whether line h, counted from the first of zeros, is one of the image; what is before it wraps round to large numbers.
fn has_row(h: u32) -> bool {
  return !PADDED | ((h - TOP < (H - 1u) * SPREAD + 1u) & ((h - TOP) % SPREAD == 0u));
}

fn has_column(w: u32) -> bool {
  return !PADDED | ((w - LEFT < (W - 1u) * SPREAD + 1u) & ((w - LEFT) % SPREAD == 0u));
}

// The row of [CHANNELS, H, W] that holds it; of a zero, some number.
fn pixel(channel: u32, h: u32, w: u32) -> u32 {
  return (channel * H + (h - TOP) / SPREAD) * W + (w - LEFT) / SPREAD;
}
