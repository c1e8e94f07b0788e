/** Nets that many people know, each with what it is trained with. */
import { type Config, usual } from './config.ts';
import { readLayer } from './layers.ts';

type Preset = Pick<Config, 'hidden' | 'loss' | 'optimizer' | 'learningRate' | 'batch'>;

/** A preset of layers as an address has them; what is not said of its training is as usual for convolutions. */
function preset(layers: string, training: Partial<Preset> = {}): Preset {
  const { loss } = usual;
  const hidden = layers.split(',').map((text) => readLayer(text)!);
  return { hidden, loss, optimizer: 'adam', learningRate: 0.003, batch: 50, ...training };
}

const block = 'conv8x3same:relu,conv8x3same:linear,skip2,act:relu';

/** By title. */
export const presets: Readonly<Record<string, Preset>> = {
  // As in Nielsen, Neural Networks and Deep Learning, chapter 1.
  '784-30-10 (Nielsen)': preset('30:sigmoid', { loss: 'quadratic', optimizer: 'sgd', learningRate: 3, batch: 10 }),
  '784-100-10': preset('100:relu', { learningRate: 0.001 }),
  'LeNet-5': preset('conv6x5same:relu,maxpool2,conv16x5:relu,maxpool2,120:relu,84:relu'),
  'conv + dropout': preset('conv8x5:relu,maxpool2,conv16x5:relu,maxpool2,dropout0.25,64:relu,dropout0.5'),
  residual: preset(`conv8x5s2same:relu,${block},averagepool2,${block}`),
};
