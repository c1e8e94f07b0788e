// A sum by all lanes of a workgroup: each term is one lane's, and a tree adds them up, in an order that does not depend on
// how many lanes there are. A barrier goes before the terms are written, for those of the sum before.
// Expects: constant LANES.
const TERMS = 64u;
var<workgroup> terms: array<f32, TERMS>;

// Σ terms, which every lane gets.
fn sum_of_terms(lane: u32) -> f32 {
  for (var half = TERMS / 2u; half > 0u; half /= 2u) {
    workgroupBarrier();
    for (var term = lane; term < half; term += LANES) {
      terms[term] += terms[term + half];
    }
  }
  workgroupBarrier();
  return terms[0];
}
