/** Memory that a WGSL text asks for: the variables of each function, those of an invocation and those of a workgroup. */

/** Bytes by address space. */
export interface Variables {
  /** By the name of the function. */
  readonly function: ReadonlyMap<string, number>;
  readonly private: number;
  readonly workgroup: number;
}

interface Type {
  readonly bytes: number;
  readonly align: number;
}

const SCALARS: Record<string, Type> = Object.fromEntries(
  ['f32', 'u32', 'i32', 'bool'].map((name) => [name, { bytes: 4, align: 4 }]),
);

export function variablesOf(code: string): Variables {
  const text = code.replace(/\/\/.*/g, '');
  const constants = new Map(
    [...text.matchAll(/^const (\w+)(?:: \w+)? = ([^;]+);/gm)].map(([, name, value]) => [name, value]),
  );
  const structs = new Map([...text.matchAll(/^struct (\w+) \{([^}]*)\}/gm)].map(([, name, fields]) => [name, fields]));
  const typeOf = (type: string): Type => {
    const [, of, inner] = /^(\w+)(?:<(.*)>)?$/.exec(type.trim()) ?? [];
    if (of === 'array') {
      const at = inner.lastIndexOf(',');
      const { bytes, align } = typeOf(inner.slice(0, at));
      return { bytes: Math.ceil(bytes / align) * align * wholeNumber(inner.slice(at + 1), constants), align };
    }
    const fields = structs.get(of);
    if (fields) {
      const types = [...fields.matchAll(/\w+: ((?:[^,<]|<[^>]*>)+),/g)].map(([, field]) => typeOf(field));
      return { bytes: types.reduce((sum, { bytes }) => sum + bytes, 0), align: 16 };
    }
    const [, n] = /^vec(\d)/.exec(of) ?? [];
    if (n) return { bytes: 4 * Number(n), align: n === '2' ? 8 : 16 };
    const [, across, down] = /^mat(\d)x(\d)/.exec(of) ?? [];
    if (across) return { bytes: Number(across) * (down === '2' ? 8 : 16), align: 16 };
    if (SCALARS[of]) return SCALARS[of];
    throw new Error(`variablesOf: what is the type ${type}?`);
  };
  const inSpace = (space: string) =>
    [...text.matchAll(new RegExp(`^var<${space}> \\w+: ([^;]+);`, 'gm'))]
      .map(([, type]) => typeOf(type).bytes)
      .reduce((a, b) => a + b, 0);
  const functions = text
    .split(/^fn /m)
    .slice(1)
    .map((part) => inFunction(part, typeOf));
  return { function: new Map(functions), private: inSpace('private'), workgroup: inSpace('workgroup') };
}

/** Of the text behind `fn`. A variable without a type has that of the parameter or variable that it copies, or a small one. */
function inFunction(text: string, typeOf: (type: string) => Type): [name: string, bytes: number] {
  const [, name, parameters] = /^(\w+)\(([^{]*)\)[^{]*\{/.exec(text)!;
  const types = new Map(
    [...parameters.matchAll(/(\w+): ((?:[^,<]|<[^<]*(?:<[^>]*>[^<>]*)*>)+)/g)].map(([, name, type]) => [name, type]),
  );
  let bytes = 0;
  for (const [, variable, type, value] of text.matchAll(/\bvar (\w+)(?:: ([^=;]+?))?(?: = ([^;]+))?;/g)) {
    const known = type ?? types.get(value) ?? /^(?:vec|mat|array)[\w<>, ]*(?=\()/.exec(value)?.[0];
    if (known) types.set(variable, known);
    bytes += known ? typeOf(known).bytes : 16;
  }
  return [name, bytes];
}

/** A whole number as an expression of constants gives it. */
function wholeNumber(expression: string, constants: ReadonlyMap<string, string>): number {
  const tokens = expression.match(/\w+|[-+*/%()]/g) ?? [];
  let at = 0;
  const atom = (): number => {
    const token = tokens[at++];
    if (token === '(') {
      const inner = sum();
      at++;
      return inner;
    }
    if (/^\d+u?$/.test(token)) return Number.parseInt(token, 10);
    const value = constants.get(token);
    if (value === undefined) throw new Error(`variablesOf: what is ${token} in ${expression}?`);
    return wholeNumber(value, constants);
  };
  const product = (): number => {
    let value = atom();
    while (/^[*/%]$/.test(tokens[at] ?? '')) {
      const operator = tokens[at++];
      const next = atom();
      value = operator === '*' ? value * next : operator === '/' ? Math.floor(value / next) : value % next;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (/^[-+]$/.test(tokens[at] ?? '')) value = tokens[at++] === '+' ? value + product() : value - product();
    return value;
  };
  return sum();
}
