/** Names of the library's errors, in words. */
const titles: Record<string, string> = {
  DataError: 'The data could not be loaded',
  NoAdapterError: 'There is no GPU to work with',
  ShaderError: 'A shader did not compile',
  OutOfMemoryError: 'The GPU has not enough memory for this network',
  ShapeError: 'The shapes do not fit',
  ArgumentError: 'A setting does not make sense',
  NonFiniteError: 'Training has diverged',
  CheckError: 'GPU and reference disagree',
};

export const titleOf = (name: string): string => titles[name] ?? 'Something went wrong';
