/** How messages call a number among samples [count][perSample]; `samples` are those of the samples, if not 0, 1, 2, ... */
export const placeOf = (at: number, perSample: number, samples?: ArrayLike<number>): string => {
  const i = Math.floor(at / perSample);
  return `value ${at % perSample} of sample ${samples?.[i] ?? i}`;
};
