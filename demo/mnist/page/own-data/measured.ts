/** What is measured of a net beside its loss, in words. */
import type { OwnScore } from '../../lab/own-data/own-protocol.ts';
import { short } from '../microscope/model/short-numbers.ts';
import { DASH, percent } from '../shared/numbers.ts';

interface Measured {
  readonly title: string;
  readonly write: (score: OwnScore) => string;
}

const accuracy: Measured = { title: 'Accuracy', write: ({ accuracy: share }) => percent(share ?? Number.NaN) };
const meanError: Measured = {
  title: 'Mean error',
  write: ({ meanError: error }) => (error === undefined ? DASH : short(error, 4)),
};

export const measured = (isClass: boolean): Measured => (isClass ? accuracy : meanError);
