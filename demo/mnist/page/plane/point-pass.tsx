/** One point on its way through the net and back, at the unit that is chosen, with every number. */
import type { ComponentChildren } from 'preact';
import { short } from '../microscope/model/short-numbers.ts';
import { Scrollable } from '../shared/scrollable.tsx';
import { Section } from '../shared/section.tsx';
import { outputDelta, type UnitPass, unitPassOf } from './pass-rows.ts';
import { allPoints, choosePoint, chosenPoint, chosenUnit, outputLayer, pass, points, settings } from './plane-state.ts';
import { titleOf } from './unit-values.ts';

export const PointPass = () => (
  <Section
    id="plane-point"
    title="One point"
    lead="Press on a point of the plane, then on a unit of the network. Here are the numbers that this unit computes for this point, and what comes back of the error."
  >
    <PointChoice />
    <Numbers />
  </Section>
);

/** The point, and the way to the one before and after it. */
const PointChoice = () => {
  const all = allPoints.value;
  const point = chosenPoint.value;
  const at = point ? all.indexOf(point) : -1;
  const go = (by: number) => choosePoint(all[(at + by + all.length) % all.length]);
  return (
    <div class="row">
      <button type="button" disabled={all.length === 0} onClick={() => go(at < 0 ? 0 : -1)}>
        Previous point
      </button>
      <button type="button" disabled={all.length === 0} onClick={() => go(1)}>
        Next point
      </button>
      {point && at >= 0 && (
        <span data-testid="plane-point">
          Point {at} of {all.length}, {at < points.value.train.length ? 'trained on' : 'tested on'}: x₁ ={' '}
          {short(point.x1)}, x₂ = {short(point.x2)}, target {short(point.y)}
        </span>
      )}
    </div>
  );
};

const Numbers = () => {
  const found = pass.value;
  if (!found) return <p class="soft">No point is chosen yet.</p>;
  const unit = chosenUnit.value;
  const numbers = unitPassOf(found, unit, settings.value);
  if (!numbers) return null;
  return (
    <>
      <p>
        The net predicts <b data-testid="plane-prediction">{short(found.prediction.data[0])}</b>. The loss of this point
        is <b data-testid="plane-point-loss">{short(found.losses.data[0])}</b>.
      </p>
      <h3>{titleOf(unit, settings.value)}</h3>
      <div class="plane-passes">
        <Forward numbers={numbers} />
        <Backward numbers={numbers} isOutput={unit.layer === outputLayer.value} />
      </div>
    </>
  );
};

const Cells = ({ values }: { readonly values: readonly (number | undefined)[] }) => (
  <>
    {values.map((value, i) => (
      <td key={i}>{value === undefined ? '' : short(value)}</td>
    ))}
  </>
);

interface PassTableProps {
  readonly caption: string;
  readonly heads: readonly string[];
  readonly children: ComponentChildren;
}

const PassTable = ({ caption, heads, children }: PassTableProps) => (
  <Scrollable label={caption}>
    <table class="plane-table small">
      <caption>{caption}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </Scrollable>
);

/** z = Σ w a + b, a = σ(z), and the gradient of every weight. */
const Forward = ({ numbers: { incoming, bias, z, a, delta } }: { readonly numbers: UnitPass }) => (
  <PassTable
    caption="Forward: the weighted sum z, then a = σ(z)"
    heads={['from', 'input', 'weight', 'input · weight', '∂C/∂w = δ · input']}
  >
    {incoming.map(({ title, input, weight, product, gradient }) => (
      <tr key={title}>
        <th scope="row">{title}</th>
        <Cells values={[input, weight, product, gradient]} />
      </tr>
    ))}
    <tr>
      <th scope="row">bias b</th>
      <Cells values={[undefined, bias, bias, delta]} />
    </tr>
    <tr class="plane-sum">
      <th scope="row">sum z</th>
      <Cells values={[undefined, undefined, z, undefined]} />
    </tr>
    <tr class="plane-sum">
      <th scope="row">a = σ(z)</th>
      <Cells values={[undefined, undefined, a, undefined]} />
    </tr>
  </PassTable>
);

/** δ = σ'(z) Σ w δ of the units that this one feeds. */
const Backward = ({ numbers, isOutput }: { readonly numbers: UnitPass; readonly isOutput: boolean }) => {
  const { outgoing, slope, delta } = numbers;
  if (isOutput)
    return (
      <p>
        Backward: the error δ is ∂C/∂z, what the loss gains when z does. At the output, {outputDelta(settings.value)} ={' '}
        <b>{short(delta)}</b>.
      </p>
    );
  return (
    <PassTable caption="Backward: the error δ = ∂C/∂z" heads={['to', 'weight', 'its δ', 'weight · δ']}>
      {outgoing.map(({ title, weight, delta: back, product }) => (
        <tr key={title}>
          <th scope="row">{title}</th>
          <Cells values={[weight, back, product]} />
        </tr>
      ))}
      <tr class="plane-sum">
        <th scope="row">sum</th>
        <Cells values={[undefined, undefined, outgoing.reduce((sum, { product }) => sum + product, 0)]} />
      </tr>
      <tr>
        <th scope="row">slope σ′(z)</th>
        <Cells values={[undefined, undefined, slope]} />
      </tr>
      <tr class="plane-sum">
        <th scope="row">δ = slope · sum</th>
        <Cells values={[undefined, undefined, delta]} />
      </tr>
    </PassTable>
  );
};
