import type { activations } from '../../../config.ts';
import { Scrollable } from '../../shared/scrollable.tsx';
import { breakdownOf, regionsOf } from '../model/breakdown.ts';
import { lossInWords, type Word, wordsOf } from '../model/equation-words.ts';
import { formulas, slopes } from '../model/formulas.ts';
import { parse } from '../model/names.ts';
import type { Page, Part } from '../model/pages.ts';
import type { View } from '../model/view-of.ts';
import { workedOf } from '../model/worked.ts';
import { BreakdownView } from './breakdown-view.tsx';
import { Equation } from './equation.tsx';
import { TensorFigure } from './tensor-figure.tsx';
import { UnitChoice, WeightChoice } from './unit-choice.tsx';

interface StageProps {
  readonly view: View;
  readonly page: Page;
}

/** One operation: its equation large, the same in pictures, and for one unit in numbers. */
export const Stage = ({ view, page }: StageProps) => {
  const { layer, kind, direction } = page;
  const shown = breakdownOf(view, page);
  const isOfFilter = kind === 'filterGradient' || (kind === 'update' && view.layers[layer - 1].kind === 'conv2d');
  return (
    <div class={`microscope-stage microscope-${direction}`}>
      <p>{page.about}</p>
      <Scrollable label="The equation" class="microscope-equation">
        <Equation parts={page.equation} shapes={view.tensors} display />
      </Scrollable>
      <Sigma view={view} page={page} />
      <div class="microscope-sentence">
        {page.kind === 'loss' ? (
          <Words view={view} page={page} words={lossInWords(page)} />
        ) : (
          <Words view={view} page={page} words={wordsOf(page.equation)} />
        )}
      </div>
      <div class="microscope-worked">
        <div class="row">
          <UnitChoice view={view} layer={layer} />
          {kind === 'weightGradient' && <UnitChoice view={view} layer={view.values.sourceOf(layer)} />}
          {isOfFilter && <WeightChoice view={view} layer={layer} />}
        </div>
        {shown && <BreakdownView shown={shown} />}
        <Scrollable label="The equation in numbers">
          <Equation parts={workedOf(view, page)} />
        </Scrollable>
      </div>
    </div>
  );
};

/** The equation in pictures. */
const Words = ({ view, page, words }: StageProps & { readonly words: readonly Word[] }) => (
  <>
    {words.map(({ before, tensor, transposed }, i) => (
      <div class="microscope-word" key={tensor}>
        {before && (
          <span class="microscope-operator" aria-hidden="true">
            {before}
          </span>
        )}
        <TensorFigure view={view} name={tensor} regions={regionsOf(view, page, tensor)} isResult={i === 0} />
        {transposed && (
          <span class="microscope-transposed" title="transposed">
            T
          </span>
        )}
      </div>
    ))}
  </>
);

/** Which function σ, or σ′, is in this layer, or in one that an error comes back through. */
const Sigma = ({ view, page: { kind, layer, operands } }: StageProps) => {
  const slope = operands.find((name) => ['slope', 'rise'].includes(parse(name).letter));
  if (kind !== 'activation' && !slope) return null;
  const name = view.layers[(slope ? parse(slope).layer! : layer) - 1].activation!;
  const left: Part[] = [slope ? 'σ′' : 'σ', '(', 'z', ')', '='];
  return (
    <p class="microscope-sigma">
      <span class="soft small">{activationTitle(name)}:</span>{' '}
      <Equation parts={[...left, ...(slope ? slopes : formulas)[name]]} />
    </p>
  );
};

const TITLES: Partial<Record<keyof typeof activations, string>> = {
  relu: 'ReLU',
  leakyRelu: 'leaky ReLU',
  elu: 'ELU',
  gelu: 'GELU',
  silu: 'SiLU',
};
const activationTitle = (name: keyof typeof activations): string => TITLES[name] ?? name;
