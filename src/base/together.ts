/**
 * Like Promise.all, but it settles only after all of the work has ended, and it rejects with the first error in the order of
 * the work. So nothing of a call runs on in the background and takes an error that belongs to the next call.
 */
export async function together<const T extends readonly Promise<unknown>[]>(
  work: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
