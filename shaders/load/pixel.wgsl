// Where a pixel of an image lies, and whether there is one: beside the image are zeros. Places before it have wrapped round to
// large numbers. The operators are those that take no branch: one per load takes compilers minutes.
// Constants: H, W; PADDED, whether windows reach zeros at all.

fn has_row(h: u32) -> bool {
  return !PADDED | (h < H);
}

fn has_column(w: u32) -> bool {
  return !PADDED | (w < W);
}

// The row of [channels, H, W] that holds it; of a zero, some number.
fn pixel(channel: u32, h: u32, w: u32) -> u32 {
  return (channel * H + h) * W + w;
}
