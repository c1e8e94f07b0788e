// eˣ − 1 for x ≤ 0, to a few units in its last place also where eˣ is nearly 1: down to −½ by the series Σ xᵏ / k! up to k = 8,
// which leaves out less than 2⁻²⁶ of it.
fn exp_minus_one(x: f32) -> f32 {
  var series = 1.0 / 40320.0;
  series = series * x + 1.0 / 5040.0;
  series = series * x + 1.0 / 720.0;
  series = series * x + 1.0 / 120.0;
  series = series * x + 1.0 / 24.0;
  series = series * x + 1.0 / 6.0;
  series = series * x + 0.5;
  series = series * x + 1.0;
  return select(exp(x) - 1.0, series * x, x > -0.5);
}
