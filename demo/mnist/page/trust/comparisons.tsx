import type { Report } from 'retrograd';
import { Scrollable } from '../shared/scrollable.tsx';
import { float, usage } from './findings.ts';
import { Meter } from './meter.tsx';

/** A row per tensor: where it is worst, and how bad. */
export const Comparisons = ({ report: { tensors } }: { report: Report }) => (
  <>
    <p class="soft small">
      For each tensor, the element that comes closest to its bound. The bar is its error as a share of the bound. A
      prime (′) marks a value after the update.
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
                <td data-label="Shape">{shape.join(' × ') || 'scalar'}</td>
                <td data-label="Error, share of the bound">
                  <Meter share={share} text={usage(comparison)} />
                </td>
                <td data-label="Row, column">
                  {worst.row}, {worst.column}
                </td>
                <td data-label="On the GPU">{float(worst.actual)}</td>
                <td data-label="Expected">{float(worst.expected)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Scrollable>
  </>
);
