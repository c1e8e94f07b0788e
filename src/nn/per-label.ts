/** Losses that take each output for a question of its own, answered by yes or no: several labels of a sample may hold. */
export const perLabel: readonly string[] = ['binaryCrossEntropy', 'sigmoidCrossEntropy'];
