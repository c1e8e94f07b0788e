/** README.md: the commands. */
import { describeModel } from '../nn/model.ts';
import type { Saved } from '../saved/model-text.ts';
import { onOneLine } from './texts.ts';

export const readme = ({ model }: Saved): string => `# ${onOneLine(describeModel(model))}

The net and the state of its training, for PyTorch 1.13 or newer and NumPy.

\`\`\`sh
python train.py --epochs 1                            # one process
torchrun --nproc_per_node 2 train.py --epochs 1       # two processes that share each batch
retrograd train --resume weights.safetensors          # and back
\`\`\`

\`model.py\` has the net, \`state.py\` reads and writes \`weights.safetensors\` and makes the optimizer, and \`config.json\` has the settings.
\`train.py\` takes the samples in \`data/\`, which \`retrograd export --data\` writes, or those of its own \`--data\`: a folder of IDX files,
a .csv, .tsv or .npz file.
Functions in \`model.py\` and \`losses.py\` that say TO FILL IN had no translation.
`;
