// Remembers the largest magnitude that an invocation stores, by its bits: those of NaN and infinity are above all others. A
// compiler may assume that no float is either, and a comparison of floats may then miss them.
// @uses shared/step
var<private> largest_bits: u32;

fn watch(value: f32) {
  largest_bits = max(largest_bits, bitcast<u32>(value) & 0x7fffffffu);
}
