// (1 − y) no + p y yes: what a label adds to a loss, or to its gradient, where y is the probability that it holds; no and yes
// are the values for labels that do not hold and that do.
fn label_term(no: f32, yes: f32, y: f32, p: f32) -> f32 {
  return (1.0 - y) * no + p * y * yes;
}
