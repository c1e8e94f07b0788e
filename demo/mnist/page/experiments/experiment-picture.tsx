import type { ReadonlySignal } from '@preact/signals';
import type { Course, Picture } from '../../lab/experiments/experiment.ts';
import { CurvesFigure } from './curves-figure.tsx';
import { LayersFigure } from './layers-figure.tsx';

interface ExperimentPictureProps {
  readonly picture: Picture;
  readonly courses: ReadonlySignal<readonly Course[]>;
}

export const ExperimentPicture = ({ picture, courses }: ExperimentPictureProps) => {
  switch (picture.kind) {
    case 'curves':
      return <CurvesFigure picture={picture} courses={courses} />;
    case 'layers':
      return <LayersFigure picture={picture} courses={courses.value} />;
    default:
      return null;
  }
};
