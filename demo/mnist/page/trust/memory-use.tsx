import { useSignal, useSignalEffect } from '@preact/signals';
import type { Memory } from '../../lab/protocol.ts';
import { askCurrent, isReady, lab, prepared } from '../state/index.ts';
import { megabytes } from './findings.ts';

const names: readonly (readonly [keyof Memory, string])[] = [
  ['data', 'Samples'],
  ['parameters', 'Weights'],
  ['gradients', 'Gradients'],
  ['optimizer', 'Optimizer'],
  ['activations', 'Activations of a batch'],
];

/** What the network takes on the device, part by part. */
export const MemoryUse = () => {
  const memory = useSignal<Memory>();
  useSignalEffect(() => {
    const net = prepared.value;
    memory.value = undefined;
    if (!net || !isReady.value) return;
    void askCurrent(() => lab.memory()).then((found) => {
      if (prepared.peek() === net) memory.value = found;
    });
  });
  const found = memory.value;
  return (
    <div class="trust-part">
      <h3>Memory of the device</h3>
      <p class="small">
        {found
          ? `Samples and a training step take ${megabytes(found.data + found.total)} together.`
          : 'Known when there is a network.'}
      </p>
      {found && (
        <dl class="trust-memory small">
          {names.map(([key, name]) => (
            <div key={key}>
              <dt class="soft">{name}</dt>
              <dd>{megabytes(found[key])}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
};
