import type { activations } from '../../../config.ts';
import { Scrollable } from '../../shared/scrollable.tsx';
import { lossInWords, type Word, wordsOf } from '../model/equation-words.ts';
import { formulas, slopes } from '../model/formulas.ts';
import type { View } from '../model/inspection.ts';
import type { Page, Part } from '../model/pages.ts';
import { lastLayer, select, unitOf, unitsOf } from '../model/selection.ts';
import { workedOf } from '../model/worked.ts';
import { Equation } from './equation.tsx';
import { TensorFigure } from './tensor-figure.tsx';

interface StageProps {
  readonly view: View;
  readonly page: Page;
}

/** One operation: its equation large, the same in pictures, and for one unit in numbers. */
export const Stage = ({ view, page }: StageProps) => {
  const { layer, kind, direction } = page;
  return (
    <div class={`microscope-stage microscope-${direction}`}>
      <p>{page.about}</p>
      <Scrollable label="The equation" class="microscope-equation">
        <Equation parts={page.equation} shapes={view.tensors} display />
      </Scrollable>
      <Sigma view={view} page={page} />
      <div class="microscope-sentence">
        {page.kind === 'loss' ? (
          <Words view={view} words={lossInWords(page)} />
        ) : (
          <Words view={view} words={wordsOf(page.equation)} />
        )}
      </div>
      <div class="microscope-worked">
        <div class="row">
          <UnitChoice view={view} layer={layer} />
          {kind === 'weightGradient' && <UnitChoice view={view} layer={layer - 1} />}
        </div>
        <Scrollable label="The equation in numbers">
          <Equation parts={workedOf(view, page)} />
        </Scrollable>
      </div>
    </div>
  );
};

/** The equation in pictures. */
const Words = ({ view, words }: { readonly view: View; readonly words: readonly Word[] }) => (
  <>
    {words.map(({ before, tensor, transposed }, i) => (
      <div class="microscope-word" key={tensor}>
        {before && (
          <span class="microscope-operator" aria-hidden="true">
            {before}
          </span>
        )}
        <TensorFigure view={view} name={tensor} isResult={i === 0} />
        {transposed && (
          <span class="microscope-transposed" title="transposed">
            T
          </span>
        )}
      </div>
    ))}
  </>
);

/** Which function σ, or σ′, is in this layer. */
const Sigma = ({ view, page: { kind, layer, operands } }: StageProps) => {
  const usesSlope = operands.includes(`slope${layer}`);
  if (kind !== 'activation' && !usesSlope) return null;
  const hidden = view.config.hidden[layer - 1];
  const name = hidden && 'activation' in hidden ? hidden.activation : 'sigmoid'; // of outputs, where the loss is quadratic
  const left: Part[] = [usesSlope ? 'σ′' : 'σ', '(', 'z', ')', '='];
  return (
    <p class="microscope-sigma">
      <span class="soft small">{activationTitle(name)}:</span>{' '}
      <Equation parts={[...left, ...(usesSlope ? slopes : formulas)[name]]} />
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

/** The unit that numbers are written out for. Pictures choose it as well, by a click or by arrow keys. */
const UnitChoice = ({ view, layer }: { readonly view: View; readonly layer: number }) => {
  const units = unitsOf(view, layer);
  const what = layer === 0 ? 'Pixel' : layer === lastLayer(view) ? 'Output' : `Unit of layer ${layer}`;
  return (
    <label class="microscope-unit">
      {what}, 0 to {units - 1}
      <input
        type="number"
        min={0}
        max={units - 1}
        value={unitOf(view, layer)}
        onInput={({ currentTarget: { value, valueAsNumber } }) => {
          if (value !== '' && Number.isInteger(valueAsNumber) && valueAsNumber >= 0 && valueAsNumber < units) {
            select(layer, valueAsNumber);
          }
        }}
      />
    </label>
  );
};
