/** Every word of the page that a visitor may not know, in a sentence or two that use no other such word unexplained. */
export const terms = {
  network: 'Layers of units. Each unit takes numbers from the layer before it and hands one number on.',
  unit: 'Adds up its inputs, each times a weight, and hands the result on. Units between input and output are called hidden.',
  weight:
    'How strongly a unit listens to one of its inputs. Training changes the weights: they hold what a network has learned.',
  bias: 'A number that a unit adds to its sum, whatever its inputs are. It is learned, as weights are.',
  activation:
    'The function that turns the sum of a unit into what it hands on. Without one, layers could do no more than a single layer.',
  'dense layer': 'Each of its units listens to every number of the layer before.',
  convolution:
    'Slides small filters over an image. Each filter looks for one pattern, at every place of the image, with the same weights.',
  'feature map': 'A picture of where a filter found its pattern: bright where it did.',
  pooling: 'Makes an image smaller: it keeps the largest number of each window, or the mean.',
  dropout:
    'In training, sets some of the numbers to 0, others in each step, so that no unit relies on a single other one. Later, nothing is dropped.',
  normalization:
    'Shifts and scales numbers so that their mean is 0 and their spread 1, and then by two numbers that are learned.',
  'skip connection':
    'Adds what goes into some layers to what comes out of them. On the way back, errors pass by these layers, too.',
  loss: 'How wrong the outputs are, as one number. Training makes it small. 0 would be perfect.',
  softmax: 'Turns ten numbers into ten probabilities that add up to 1. The largest number gets the largest one.',
  gradient: 'For each weight: how fast the loss grows if the weight grows. Training moves weights the other way.',
  optimizer:
    'The rule that turns gradients into changes of the weights. SGD is the simplest. Adam needs the least tuning.',
  'learning rate':
    'How far a step moves the weights. Too small is slow. Too large jumps past the goal, and the loss grows.',
  batch: 'The samples that one step learns from. More of them make a step steadier, and slower.',
  step: 'One change of all weights, after a look at one batch.',
  epoch: 'One pass over all training samples, batch by batch.',
  seed: 'Where the random numbers begin. The same seed gives the same first weights and the same order of samples.',
  accuracy: 'The share of digits that the network reads right. Guessing gets 10 %.',
  'test set':
    'Digits that training never sees. They show whether the network learned to read, or only learned by heart.',
  sample: 'One picture of a digit, and which digit it is.',
} as const;

export type TermName = keyof typeof terms;
