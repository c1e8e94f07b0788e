/** How the samples of a data set are given, for a net that is trained on it. */
import type { DataFacts } from './data-facts.ts';
import type { FieldPart } from './dataset.ts';
import { meaningOf } from './meaning.ts';
import { typeOf } from './stream-of.ts';
import type { AnyDataset } from './streamed.ts';

const inputFacts = ({ name, shape, type, scale }: FieldPart) => ({ name, shape, type, scale });

export const factsOf = (dataset: AnyDataset): DataFacts => ({
  name: dataset.name,
  shape: dataset.shape,
  type: typeOf(dataset.inputs),
  scale: dataset.inputs.scale,
  targets: dataset.targets.kind,
  ...meaningOf(dataset),
  ...(dataset.inputs.parts && { inputs: dataset.inputs.parts.map(inputFacts) }),
});
