/** Another realm, whose arrays are no `instanceof` those here: a context of node:vm, in a browser a frame. */
export type Realm = Pick<
  typeof globalThis,
  'Uint8Array' | 'Float32Array' | 'Float64Array' | 'Int32Array' | 'DataView' | 'ArrayBuffer' | 'Array'
>;

/** Where a page has none, as without cross-origin isolation, ordinary memory. */
export const SharedMemory = (globalThis.SharedArrayBuffer ?? ArrayBuffer) as unknown as ArrayBufferConstructor;

export async function realm(): Promise<Realm> {
  if (typeof document === 'undefined') {
    const { runInNewContext } = await import('node:vm');
    return runInNewContext('({ Uint8Array, Float32Array, Float64Array, Int32Array, DataView, ArrayBuffer, Array })');
  }
  const frame = document.body.appendChild(document.createElement('iframe'));
  return frame.contentWindow as unknown as Realm;
}
