/** A slider for numbers that span powers of ten: it moves by exponents. */
export const slider = { least: -5, most: 1, step: 0.05 } as const;

/** Where the slider stands for a learning rate; at an end for what lies beyond it. */
export const positionOf = (learningRate: number): number =>
  Math.min(slider.most, Math.max(slider.least, Math.log10(learningRate)));

/** Two digits: 0.0053, not 0.005308844442309882. */
export const rateAt = (position: number): number => Number((10 ** position).toPrecision(2));
