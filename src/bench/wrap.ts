/** Wraps a method of one WebGPU object for as long as something watches it. */

// biome-ignore lint/suspicious/noExplicitAny: any method of any WebGPU object
export type Method = (...args: any[]) => any;

/** `around` is handed the method itself, bound. The function returned takes it away again; the last one put on goes first. */
export function wrap<T extends object>(object: T, name: keyof T, around: (method: Method) => Method): () => void {
  const before = Object.getOwnPropertyDescriptor(object, name);
  const method = (object[name] as Method).bind(object);
  Object.defineProperty(object, name, { value: around(method), configurable: true, writable: true });
  return () => {
    if (before) Object.defineProperty(object, name, before);
    else delete object[name];
  };
}
