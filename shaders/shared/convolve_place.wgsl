// Where in a convolution an invocation works, and which taps meet pixels there.
// Constants: LANES, ROWS, SPAN, GROUPS, M, QUADS, CHANNELS, OH, STEP_DOWN, SPREAD_DOWN, SPREAD_ACROSS, TOP, LEFT, TAP_DOWN,
//            TAP_ACROSS.

// What a whole workgroup has in common: its first filter, the first channel of the group of that, the line, and the phase of
// its positions, which are phase + SPREAD_ACROSS · (position + p).
struct Place {
  row: u32,
  channel: u32,
  line: u32,
  phase: u32,
}

fn place_of(group: vec3u) -> Place {
  let filters = M / GROUPS;
  let blocks = (filters + ROWS - 1u) / ROWS;
  let block = group.y / (SPREAD_ACROSS * OH);
  return Place(
    block / blocks * filters + block % blocks * ROWS,
    block / blocks * CHANNELS,
    group.y / SPREAD_ACROSS % OH,
    group.y % SPREAD_ACROSS,
  );
}

// The first position of a lane, and its samples, 4·quad to 4·quad + 3.
fn position_of(group: vec3u, lane: u32) -> u32 {
  return (group.x * LANES + lane) / QUADS * SPAN;
}
fn quad_of(group: vec3u, lane: u32) -> u32 {
  return (group.x * LANES + lane) % QUADS;
}

// The first tap that meets a line or column of the image, and which one it meets: each tap after SPREAD others meets the next.
// At place 0 that is tap TAP, at the next place the one before it. What is before the image wraps round to large numbers.
struct Meeting {
  tap: u32,
  pixel: u32,
}

fn meeting_down(line: u32) -> Meeting {
  let tap = (TAP_DOWN + SPREAD_DOWN - line % SPREAD_DOWN) % SPREAD_DOWN;
  return Meeting(tap, u32(i32(line * STEP_DOWN + tap - TOP) / i32(SPREAD_DOWN)));
}

fn meeting_across(phase: u32) -> Meeting {
  let tap = (TAP_ACROSS + SPREAD_ACROSS - phase) % SPREAD_ACROSS;
  return Meeting(tap, u32(i32(phase + tap - LEFT) / i32(SPREAD_ACROSS)));
}
