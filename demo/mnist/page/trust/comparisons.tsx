import type { Report } from 'retrograd';
import { Scrollable } from '../scrollable.tsx';
import { float, usage } from './findings.ts';
import { Meter } from './meter.tsx';

/** A row per tensor: where it is worst, and how bad. */
export const Comparisons = ({ report: { tensors } }: { report: Report }) => (
  <>
    <p class="soft small">
      The element of each tensor that uses most of its bound. A prime marks what an update leaves.
    </p>
    <Scrollable label="Comparison with the CPU reference">
      <table class="trust-table">
        <thead>
          <tr>
            <th scope="col">Tensor</th>
            <th scope="col">Shape</th>
            <th scope="col">Error, share of the bound</th>
            <th scope="col">Row, column</th>
            <th scope="col">On the GPU</th>
            <th scope="col">Expected</th>
          </tr>
        </thead>
        <tbody>
          {tensors.map((comparison) => {
            const { tensor, shape, share, worst } = comparison;
            return (
              <tr key={tensor}>
                <th scope="row">{tensor}</th>
                <td>{shape.join(' × ') || 'scalar'}</td>
                <td>
                  <Meter share={share} text={usage(comparison)} />
                </td>
                <td>
                  {worst.row}, {worst.column}
                </td>
                <td>{float(worst.actual)}</td>
                <td>{float(worst.expected)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrollable>
  </>
);
