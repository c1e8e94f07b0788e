/** The numbers behind one number of an operation on maps: windows, filters and products as tables, and how they add up. */
import { Scrollable } from '../../shared/scrollable.tsx';
import { grid } from '../layout/arrangement.ts';
import { type Scale, swatch } from '../layout/scales.ts';
import { sizeOfGrid } from '../layout/sizes.ts';
import type { Breakdown, PoolShown, ProductsShown } from '../model/breakdown.ts';
import { exact, short, tiny } from '../model/short-numbers.ts';
import { Canvas, TensorPicture } from './tensor-picture.tsx';
import './breakdown.css';

/** More numbers than these are a picture. */
const WRITTEN = 49;

export const BreakdownView = ({ shown }: { readonly shown: Breakdown }) => (
  <div class="breakdown" data-breakdown={shown.kind}>
    {shown.kind === 'pool' ? <PoolWindow shown={shown} /> : <SumOfProducts shown={shown} />}
  </div>
);

const PoolWindow = ({ shown: { of, window, hasWinner } }: { readonly shown: PoolShown }) => {
  const { values, winner, mean, columns } = window;
  const numbers = { values, columns, scale: scaleOf(values), chosen: hasWinner ? winner : undefined };
  return (
    <>
      <Numbers title={`Window in ${of}`} name="window" {...numbers} />
      <p class="breakdown-sum">
        {hasWinner ? `The largest is ${short(values[winner])}.` : `Their mean is ${short(mean)}.`}
      </p>
    </>
  );
};

const SumOfProducts = ({ shown }: { readonly shown: ProductsShown }) => {
  const { left, right, groups, group, grouped, chosen, choose, bias, sumTitle, pictures } = shown;
  const now = groups[group];
  const common = { columns: now.columns, chosen, choose };
  const total = groups.reduce((sum, of) => sum + of.sum, 0) + (bias ?? 0);
  const ofGroup = groups.length > 1 ? `, ${grouped.toLowerCase()} ${group}` : '';
  return (
    <>
      <div class="breakdown-tables">
        <Numbers
          title={`${left}${ofGroup}`}
          name="left"
          values={now.left}
          outside={now.places}
          scale={scaleOf(now.left)}
          {...common}
        />
        <span aria-hidden="true">×</span>
        <Numbers title={`${right}${ofGroup}`} name="right" values={now.right} scale={scaleOf(now.right)} {...common} />
        <span aria-hidden="true">=</span>
        <Numbers title="products" name="products" values={now.products} scale={scaleOf(now.products)} {...common} />
      </div>
      {chosen !== undefined && (
        <p class="breakdown-sum" data-product={now.products[chosen]}>
          The chosen product: {short(now.left[chosen])} · {inBrackets(now.right[chosen])} ={' '}
          {short(now.products[chosen])}
        </p>
      )}
      <Sums shown={shown} />
      <p class="breakdown-sum" data-total={total}>
        {pictures > 1
          ? `This picture’s share. The gradient adds up those of all ${pictures} pictures.`
          : `${sumTitle}: ${short(total)}`}
      </p>
    </>
  );
};

/** What the products of each map add up to; a map is chosen here. */
const Sums = ({ shown: { groups, group, grouped, chooseGroup, bias } }: { readonly shown: ProductsShown }) => (
  <ul class="breakdown-sums" aria-label="Sums">
    {groups.map(({ sum }, i) => (
      <li key={i} data-sum={sum}>
        {groups.length > 1 ? (
          <button type="button" aria-pressed={i === group} onClick={() => chooseGroup(i)}>
            {grouped} {i}: {short(sum)}
          </button>
        ) : (
          `Sum of the products: ${short(sum)}`
        )}
      </li>
    ))}
    {bias !== undefined && <li data-bias={bias}>Bias: {short(bias)}</li>}
  </ul>
);

const inBrackets = (value: number): string => (value < 0 ? `(${short(value)})` : short(value));

/** As far below 0 as above. */
function scaleOf(values: readonly number[]): Scale {
  const most = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
  return { low: -most, high: most };
}

interface NumbersProps {
  readonly title: string;
  /** 'left', 'right' or 'products' */
  readonly name: string;
  readonly values: readonly number[];
  readonly columns: number;
  readonly scale: Scale;
  /** −1 for numbers outside the image. */
  readonly outside?: readonly number[];
  readonly chosen?: number;
  readonly choose?: (index: number) => void;
}

/** Numbers in rows: as a table, or as a picture where they are many. */
const Numbers = (props: NumbersProps) => {
  const { title, name, values } = props;
  return (
    <figure
      class="breakdown-numbers"
      data-numbers={name}
      data-values={values.length <= WRITTEN ? JSON.stringify(values) : undefined}
    >
      <figcaption>{title}</figcaption>
      {values.length <= WRITTEN ? <Table {...props} /> : <Picture {...props} />}
    </figure>
  );
};

const Table = ({ title, values, columns, scale, outside, chosen }: NumbersProps) => {
  const rows = Array.from({ length: Math.ceil(values.length / Math.max(1, columns)) }, (_, y) =>
    values.slice(y * columns, (y + 1) * columns),
  );
  return (
    <Scrollable label={title}>
      <table>
        <tbody>
          {rows.map((row, y) => (
            <tr key={y}>
              {row.map((value, x) => {
                const i = y * columns + x;
                const isOutside = outside?.[i] === -1;
                return (
                  <td
                    key={x}
                    class={`${i === chosen ? 'breakdown-chosen' : ''} ${isOutside ? 'breakdown-outside' : ''}`}
                    style={isOutside ? undefined : swatch(value, scale)}
                    title={isOutside ? 'outside: 0' : exact(Math.fround(value))}
                  >
                    {tiny(value)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Scrollable>
  );
};

const Picture = ({ title, values, columns, scale, chosen = 0, choose }: NumbersProps) => {
  const arrangement = grid(values.length, columns);
  const data = Float32Array.from(values);
  return (
    <TensorPicture
      label={title}
      arrangement={arrangement}
      size={sizeOfGrid(arrangement)}
      count={values.length}
      selected={chosen}
      describe={(i) => `[${Math.floor(i / columns)}, ${i % columns}] = ${short(values[i])}`}
      onPoint={() => {}}
      onSelect={(i) => choose?.(i)}
    >
      <Canvas data={data} arrangement={arrangement} scale={scale} />
    </TensorPicture>
  );
};
