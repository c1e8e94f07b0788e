// log(1 + x) for 0 ≤ x ≤ 1, to a few units in its last place also where log(1 + x) is nearly x: 2 artanh s for s = x / (2 + x),
// by its series up to s¹³ / 13, which leaves out less than 2⁻²⁵ of it. The builtin may err by 2⁻²¹.
fn log_one_plus(x: f32) -> f32 {
  let s = x / (2.0 + x);
  let s2 = s * s;
  var series = 1.0 / 13.0;
  series = series * s2 + 1.0 / 11.0;
  series = series * s2 + 1.0 / 9.0;
  series = series * s2 + 1.0 / 7.0;
  series = series * s2 + 1.0 / 5.0;
  series = series * s2 + 1.0 / 3.0;
  series = series * s2 + 1.0;
  return 2.0 * s * series;
}
