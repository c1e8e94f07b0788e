/** The items in their order, cut where the key changes. */
export function stretches<T, K>(
  items: readonly T[],
  keyOf: (item: T) => K,
): { readonly key: K; readonly items: T[] }[] {
  const found: { readonly key: K; readonly items: T[] }[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const last = found[found.length - 1];
    if (last && last.key === key) last.items.push(item);
    else found.push({ key, items: [item] });
  }
  return found;
}
