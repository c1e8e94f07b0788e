/** The grid of a body that makes `count` things, one per invocation. */
export const grid = (count: number, lanes: number): readonly [number, number, number] => [
  Math.ceil(count / lanes),
  1,
  1,
];
