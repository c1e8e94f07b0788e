// Every step counts.
fn is_step(at: u32) -> bool {
  return true;
}
