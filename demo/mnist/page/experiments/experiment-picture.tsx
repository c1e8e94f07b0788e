import type { ReadonlySignal } from '@preact/signals';
import type { Course, Picture } from '../../lab/experiments/experiment.ts';
import { CurvesFigure } from './curves-figure.tsx';
import { LayersFigure } from './layers-figure.tsx';
import { PathFigure } from './path-figure.tsx';
import { UnitsFigure } from './units-figure.tsx';

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
    case 'units':
      return <UnitsFigure picture={picture} courses={courses.value} />;
    case 'path':
      return <PathFigure picture={picture} courses={courses} />;
  }
};
