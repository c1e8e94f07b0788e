/** The weights of the net out as a file, and in again. */
import { signal } from '@preact/signals';
import type { OwnPrepared } from '../../lab/own-data/own-protocol.ts';
import { download } from '../shared/download.ts';
import { Section } from '../shared/section.tsx';
import { type WeightFormat, weightFormats } from '../shared/weight-formats.ts';
import { fileIn, loadFrom, type Told, WeightsBar } from '../shared/weights-bar.tsx';
import { fail, isReady, kind, lab, loadWeights, prepared } from './own-state.ts';

/** With the net that it is about. */
const told = signal<{ readonly net: OwnPrepared | undefined; readonly of: Told }>();

export const OwnWeights = () =>
  prepared.value ? (
    <Section
      id="own-weights"
      title="Weights"
      lead="Take the network along as a file, or go on from one. The command line and PyTorch read safetensors. ONNX is for other programs that run networks. The folder for PyTorch has the data and a program that trains the network further. An ONNX file gives the weights and biases only: the data here say how inputs are scaled."
    >
      <WeightsBar
        isReady={isReady.value}
        told={told.value?.net === prepared.value ? told.value?.of : undefined}
        onSave={save}
        onLoad={load}
      />
    </Section>
  ) : null;

async function save(format: WeightFormat): Promise<void> {
  try {
    const { data, save: saved } = await lab;
    const bytes = await fileIn(format, saved, data);
    download(`retrograd-${kind.value}.${weightFormats[format].extension}`, [bytes]);
  } catch (error) {
    fail(error);
  }
}

async function load(file: File): Promise<void> {
  told.value = undefined;
  try {
    const net = prepared.value;
    told.value = { net, of: await loadFrom(file, (await lab).save, loadWeights) };
  } catch (error) {
    fail(error);
  }
}
