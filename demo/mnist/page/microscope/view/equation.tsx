/** Equations as MathML, which browsers lay out and screen readers read. */
import { Fragment, type JSX } from 'preact';
import { isLit, lighting } from '../model/lit.ts';
import { derivedBy, isOf, LETTERS, parse } from '../model/names.ts';
import type { Part, TensorPart } from '../model/pages.ts';
import type { Tensors } from '../model/view-of.ts';

interface EquationProps {
  readonly parts: readonly Part[];
  /** Writes the shape of each tensor below it. */
  readonly shapes?: Tensors;
  /** Large, on a line of its own. */
  readonly display?: boolean;
}

export const Equation = ({ parts, shapes, display = false }: EquationProps) => {
  const hasFraction = parts.some(
    (part) => typeof part === 'object' && 'tensor' in part && derivedBy(part.tensor) !== undefined,
  );
  const depth = hasFraction ? '1em' : '0.3em';
  return (
    <span class={display ? 'microscope-math microscope-display' : 'microscope-math'}>
      {piecesOf(parts).map((piece, of) => (
        <math key={of} displaystyle={display}>
          <mrow>
            {piece.map((part, i) => (
              <Fragment key={i}>
                {typeof part === 'string' ? text(part) : term(part, depth, shapes)}
                {shapes && typeof part === 'object' && typeof piece[i + 1] === 'object' && <mspace width="0.35em" />}
              </Fragment>
            ))}
          </mrow>
        </math>
      ))}
    </span>
  );
};

/** A tensor by itself, on one line: ∂C/∂W¹. */
export const Letter = ({ name }: { readonly name: string }) => {
  const { layer } = parse(name);
  const by = derivedBy(name);
  return (
    <math>
      <mrow>
        {by === undefined ? (
          symbolOf({ tensor: name })
        ) : (
          <>
            {isOf('g', name) && <mtext>mean&nbsp;</mtext>}
            <mi>∂</mi>
            <mi>C</mi>
            <mo lspace="0" rspace="0">
              /
            </mo>
            <mi>∂</mi>
            {indexed(LETTERS[by] ?? by, layer)}
          </>
        )}
      </mrow>
    </math>
  );
};

/** As text: Preact leaves out an attribute that is false, and a bracket is stretchy by itself. */
const rigid = { stretchy: 'false' as unknown as boolean };
const BREAKS = new Set(['=', '+', 'where', 'of', 'if', 'else']);

/** Browsers break no line within a formula; so it is several, each beginning with what a line may begin with. */
function piecesOf(parts: readonly Part[]): Part[][] {
  const pieces: Part[][] = [[]];
  for (const part of parts) {
    const last = pieces[pieces.length - 1];
    if (typeof part === 'string' && BREAKS.has(part) && last.length > 0) pieces.push([part]);
    else last.push(part);
  }
  return pieces;
}

const OPERATORS = new Set(['=', '+', '−', '·', '⊙', '*', '∑', '√', '(', ')', '/', '>']);
const WORDS = new Set(['where', 'of', 'for', 'if', 'else']);

function text(part: string): JSX.Element {
  // Spaced also where a line begins with it.
  if (BREAKS.has(part) && OPERATORS.has(part))
    return (
      <mo lspace="0.25em" rspace="0.25em">
        {part}
      </mo>
    );
  if (OPERATORS.has(part)) return <mo {...rigid}>{part}</mo>;
  if (part.startsWith('∑')) {
    return (
      <msub>
        <mo largeop={false}>∑</mo>
        <mi>{part.slice(1)}</mi>
      </msub>
    );
  }
  if (WORDS.has(part)) return <mtext>{`\u2002${part}\u2002`}</mtext>;
  if (part === '²' || part === '³') {
    return (
      <msup>
        <mrow />
        <mn>{part === '²' ? 2 : 3}</mn>
      </msup>
    );
  }
  if (/^\(?[−\d½]/.test(part)) return <mn>{part}</mn>;
  const name = identifier(part);
  if (part !== 'ln') return name;
  return (
    <>
      {name}
      <mspace width="0.17em" />
    </>
  );
}

/** Upright where it is a word: tanh, softmax. */
const identifier = (name: string) => <mi mathvariant={/^[a-z]{2,}$/.test(name) ? 'normal' : undefined}>{name}</mi>;

function term(part: Exclude<Part, string>, depth: string, shapes?: Tensors): JSX.Element {
  if ('power' in part) {
    const { power } = part;
    return (
      <msup>
        <mi>e</mi>
        {typeof power === 'string' ? <mn>{power}</mn> : symbolOf(power)}
      </msup>
    );
  }
  const symbol = (
    <mrow class={isLit(part.tensor) ? 'microscope-lit' : undefined} {...lighting(part.tensor)}>
      {symbolOf(part)}
    </mrow>
  );
  const shape = shapes?.[part.tensor]?.shape;
  if (!shape) return symbol;
  const shown =
    part.tensor === 'losses' ? 'one number' : `[${(part.transposed ? transposedShape(shape) : shape).join(', ')}]`;
  return (
    <munder>
      {/* As deep for every letter, so that the shapes stand in a line. */}
      <mpadded depth={depth}>{symbol}</mpadded>
      <mtext class="microscope-shape">{shown}</mtext>
    </munder>
  );
}

/** Maps are a row of numbers where they are multiplied. */
const transposedShape = ([...axes]: readonly number[]): number[] => {
  const columns = axes.pop()!;
  return [columns, axes.reduce((a, b) => a * b, 1)];
};

function symbolOf({ tensor, transposed, index }: TensorPart): JSX.Element {
  const { letter, layer } = parse(tensor);
  const plain = (of: string) => indexed(LETTERS[of] ?? of, layer, index);
  const symbol = written(tensor, letter, plain);
  if (!transposed) return symbol;
  return (
    <msup>
      {layer === undefined ? symbol : parenthesised(symbol)}
      <mi mathvariant="normal">T</mi>
    </msup>
  );
}

function written(tensor: string, letter: string, plain: (letter: string) => JSX.Element): JSX.Element {
  const by = derivedBy(tensor);
  if (by) return isOf('g', tensor) ? meanOf(derivative(plain(by))) : derivative(plain(by));
  if (isOf('n', tensor)) return plain(`${LETTERS[letter.slice(1)] ?? letter.slice(1)}′`);
  if (letter !== 'slope') return plain(letter);
  return (
    <mrow>
      <mi>σ′</mi>
      {parenthesised(plain('z'))}
    </mrow>
  );
}

const derivative = (by: JSX.Element) => (
  <mfrac>
    <mrow>
      <mi>∂</mi>
      <mi>C</mi>
    </mrow>
    <mrow>
      <mi>∂</mi>
      {by}
    </mrow>
  </mfrac>
);

const meanOf = (inner: JSX.Element) => (
  <mover>
    {inner}
    <mo>‾</mo>
  </mover>
);

const parenthesised = (inner: JSX.Element) => (
  <mrow>
    <mo {...rigid}>(</mo>
    {inner}
    <mo {...rigid}>)</mo>
  </mrow>
);

/** The layer above and the element below: δ²₃. */
function indexed(letter: string, layer: number | undefined, index?: TensorPart['index']): JSX.Element {
  const base = <mi>{letter}</mi>;
  const below = index && <mtext>{index.join(', ')}</mtext>;
  if (layer === undefined) {
    return below ? (
      <msub>
        {base}
        {below}
      </msub>
    ) : (
      base
    );
  }
  if (!below) {
    return (
      <msup>
        {base}
        <mn>{layer}</mn>
      </msup>
    );
  }
  return (
    <msubsup>
      {base}
      {below}
      <mn>{layer}</mn>
    </msubsup>
  );
}
