import type { activations } from '../../config.ts';
import { Equation } from './equation.tsx';
import { formulas, slopes } from './formulas.ts';
import type { View } from './inspection.ts';
import type { Page, Part } from './pages.ts';
import { lastLayer } from './selection.ts';
import { TensorFigure } from './tensor-figure.tsx';
import { UnitChoice } from './unit-choice.tsx';
import { workedOf } from './worked.ts';

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
      <div class="microscope-equation scroll">
        <Equation parts={page.equation} shapes={view.tensors} display />
      </div>
      <Sigma view={view} page={page} />
      <div class="microscope-sentence">
        {inPictures(page).map((part, i) =>
          typeof part === 'string' ? (
            <span class="microscope-operator" aria-hidden="true" key={i}>
              {part}
            </span>
          ) : (
            <TensorFigure key={part.tensor} view={view} name={part.tensor} isResult={i === 0} />
          ),
        )}
      </div>
      <div class="microscope-worked">
        <div class="row">
          <UnitChoice view={view} layer={layer} />
          {kind === 'weightGradient' && <UnitChoice view={view} layer={layer - 1} />}
        </div>
        <div class="scroll">
          <Equation parts={workedOf(view, page)} />
        </div>
      </div>
    </div>
  );
};

interface Pictured {
  readonly tensor: string;
}

/** The equation with room for pictures: without parentheses, and of the cost only what goes in. */
function inPictures({ kind, equation, operands, result }: Page): (string | Pictured)[] {
  if (kind === 'cost') return [{ tensor: result }, '←', ...operands.map((tensor) => ({ tensor }))];
  return equation
    .filter((part) => part !== '(' && part !== ')')
    .flatMap((part, i, all) => {
      if (typeof part === 'string' || 'power' in part) return [part as string];
      const before = all[i - 1];
      const isProduct = typeof before === 'object';
      const shown = part.transposed ? [{ tensor: part.tensor }, 'ᵀ'] : [{ tensor: part.tensor }];
      return isProduct ? ['·', ...shown] : shown;
    });
}

/** Which function σ, or σ′, is in this layer. */
const Sigma = ({ view, page: { kind, layer, operands } }: StageProps) => {
  const usesSlope = operands.includes(`slope${layer}`);
  if (kind !== 'activation' && !usesSlope) return null;
  const name = layer === lastLayer(view) ? 'sigmoid' : view.config.hidden[layer - 1].activation;
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
