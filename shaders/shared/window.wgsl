// The pixels of a window along one axis. It begins at `start`, counted from the first of the zeros beside the image, `before`
// pixels before the image.
// Expects: constant PADDED, whether windows reach beyond the image.

// The first one on the image.
fn first_pixel(start: u32, before: u32) -> u32 {
  return select(start, max(start, before) - before, PADDED);
}

// How many there are, of a window of `size` pixels on an image of `count`.
fn pixels_in(start: u32, size: u32, before: u32, count: u32) -> u32 {
  return select(size, min(start + size, before + count) - max(start, before), PADDED);
}
