/**
 * As Promise.all, but when it rejects all of the work is over, and it does with the first error in the order of the work: so
 * nothing of a call goes on behind it, to take an error that is the next one's.
 */
export async function together<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
