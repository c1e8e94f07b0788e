/** Calls f once per argument and remembers the result. */
export function memo<A, T>(f: (argument: A) => T): (argument: A) => T {
  const known = new Map<A, T>();
  return (argument) => {
    if (!known.has(argument)) known.set(argument, f(argument));
    return known.get(argument)!;
  };
}
