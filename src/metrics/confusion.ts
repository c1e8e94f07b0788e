/** Which class is taken for which. */
import { append } from '../graph/graph.ts';
import { matmul } from '../ops/matmul.ts';
import { classNames } from './class-names.ts';
import { type Metric, questionOf, type Subject } from './metric.ts';
import { decisionsOf, totalOf, totalPerOutput } from './site.ts';

/** A confusion matrix. */
export interface Confusion {
  /** Names of the classes, or their numbers where the data set has no `classNames`. */
  readonly classes: readonly string[];
  /** `counts[i][j]`: samples of class i that the net takes for class j. */
  readonly counts: readonly (readonly number[])[];
}

/** Results of {@link confusion}. */
export interface ConfusionResults {
  /** The confusion matrix. */
  readonly confusion: Confusion;
}

/**
 * The confusion matrix: how many samples of each class the net takes for each class, as scikit-learn's `confusion_matrix`.
 * {@link printConfusion} prints it.
 *
 * A net of one output under `sigmoidCrossEntropy` or `binaryCrossEntropy` has two classes, no and yes.
 */
export const confusion = (): Metric<ConfusionResults> => ({
  name: 'confusion()',
  best: {},
  rule: {
    lacks: (subject) => {
      const question = questionOf(subject);
      return question === 'class' || (question === 'labels' && subject.targets.size === 1)
        ? undefined
        : 'one class per sample';
    },
    append: (site) => {
      const { said, right } = decisionsOf(site);
      const matrix = totalOf(site, append(site.graph, matmul, [right, said], { transposeB: true }));
      if (site.question === 'class') {
        return (found) => {
          const classes = classNames(found.subject);
          return { confusion: { classes, counts: inRows(matrix(found), classes.length) } };
        };
      }
      const [calls, members] = [said, right].map((node) => totalPerOutput(site, node));
      return (found) => {
        const [[hits], [yes], [of]] = [matrix(found), calls(found), members(found)];
        const no = found.evaluation.count - of;
        return {
          confusion: {
            classes: twoClasses(found.subject),
            counts: [
              [no - (yes - hits), yes - hits],
              [of - hits, hits],
            ],
          },
        };
      };
    },
  },
});

const inRows = (values: Float64Array, width: number): number[][] =>
  Array.from({ length: width }, (_, i) => Array.from(values.subarray(i * width, (i + 1) * width)));

/** Of one output that is named after what it says yes to. */
const twoClasses = ({ classNames: names }: Subject): string[] => (names ? [`not ${names[0]}`, names[0]] : ['0', '1']);
