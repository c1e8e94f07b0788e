import { type LossName, limits, losses, type OptimizerName, optimizers } from '../../config.ts';
import { Term } from '../glossary/term.tsx';
import { config, configure } from '../state/index.ts';
import { Choice } from './choice.tsx';
import { DataChoice } from './data-choice.tsx';
import { Layers } from './layers.tsx';
import { LearningRate } from './learning-rate.tsx';
import { NumberField } from './number-field.tsx';

const titlesOf = <T extends string>(choices: Record<T, { readonly title: string }>) =>
  Object.fromEntries(Object.entries<{ title: string }>(choices).map(([name, { title }]) => [name, title])) as Record<
    T,
    string
  >;
const lossTitles = titlesOf<LossName>(losses);
const optimizerTitles = titlesOf<OptimizerName>(optimizers);

export const Fields = () => {
  const { loss, optimizer, batch, seed, samples } = config.value;
  return (
    <>
      <DataChoice />
      <fieldset class="controls-group">
        <legend>
          <Term of="network">Network</Term>
        </legend>
        <Layers />
        <div class="controls-line controls-loss">
          <Choice
            label="Loss"
            term="loss"
            value={loss}
            options={lossTitles}
            onChoose={(name) => configure({ loss: name })}
          />
        </div>
      </fieldset>
      <fieldset class="controls-group">
        <legend>Training</legend>
        <div class="controls-line">
          <Choice
            label="Optimizer"
            term="optimizer"
            value={optimizer}
            options={optimizerTitles}
            onChoose={(name) => configure({ optimizer: name, learningRate: optimizers[name].learningRate })}
          />
        </div>
        <LearningRate />
        <div class="controls-pair">
          <NumberField
            label="Batch"
            term="batch"
            whole
            value={batch}
            limits={limits.batch}
            onCommit={(value) => configure({ batch: value })}
          />
          <NumberField
            label="Seed"
            term="seed"
            whole
            value={seed}
            limits={limits.seed}
            onCommit={(value) => configure({ seed: value })}
          />
        </div>
        <div class="controls-line">
          <NumberField
            label="Samples"
            term="sample"
            whole
            value={samples}
            limits={limits.samples}
            onCommit={(value) => configure({ samples: value })}
          />
        </div>
        <p class="small soft">
          Samples are the training images that are used, the first ones of the set. 0 stands for all of them. A new
          learning rate takes effect at once. Any other change starts a fresh network. The address of this page holds
          all settings.
        </p>
      </fieldset>
    </>
  );
};
