// The row of the step table that this step reads; src/graph/step-row.ts writes it, in this order.
// @uniform step: Step
struct Step {
  columns: f32,
  learning_rate: f32,
  correction1: f32,
  correction2: f32,
  share: f32,
  retained: f32,
  start: u32,
  count: u32,
  key: u32,
  shuffled: u32,
  random: u32,
  fresh: u32,
  due: u32,
  slot: u32,
  begins: u32,
  place: u32,
  update: u32,
  number: u32,
  // Rows in the table.
  rows: u32,
}
