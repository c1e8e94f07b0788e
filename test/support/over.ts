/** Objects of WebGPU with some of their properties changed: their methods still run on the object itself. */
export const over = <T extends object>(of: T, own: Readonly<Record<string | symbol, unknown>>): T =>
  new Proxy(of, {
    get(_, name) {
      const value = own[name] ?? Reflect.get(of, name, of);
      return typeof value === 'function' ? value.bind(of) : value;
    },
  });
