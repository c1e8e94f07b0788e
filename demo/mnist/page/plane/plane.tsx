/** The tab of the plane: a small net learns from points, and every unit of it shows what it makes of them. */
import { useEffect } from 'preact/hooks';
import { TabProblem } from '../notices/tab-problem.tsx';
import { Section } from '../shared/section.tsx';
import { Switch } from '../shared/switch.tsx';
import { brush } from './brush.ts';
import { Network } from './network.tsx';
import { brushes } from './painted.ts';
import './plane.css';
import { PlaneControls } from './plane-controls.tsx';
import { PlaneCurves } from './plane-curves.tsx';
import { PlanePicture } from './plane-picture.tsx';
import { begin, ownPoints, paintPoints, pause, planeMachine, planeProblem, settings } from './plane-state.ts';
import { PointPass } from './point-pass.tsx';

export const Plane = () => {
  useEffect(() => {
    begin();
    return pause;
  }, []);
  return (
    <main class="layout">
      <PlaneControls />
      <div class="sections">
        <TabProblem problem={planeProblem.value} machine={planeMachine.value} />
        <Section
          id="plane"
          title="The plane"
          lead="A net learns which parts of the plane are orange and which are blue. Each small picture shows what one unit gives at every place. Lines are weights: orange above zero, blue below, and the thicker the larger. Point at a unit to see it large. Press it to keep it there."
        >
          <div class="plane-pair">
            <Network />
            <div class="plane-side">
              <PlanePicture />
              <Brushes />
            </div>
          </div>
        </Section>
        <PointPass />
        <Section
          id="plane-loss"
          title="Loss"
          lead="How far the net is from the points that it is trained on, and from those that it has never seen."
        >
          <PlaneCurves />
        </Section>
      </div>
    </main>
  );
};

/** What a press on the plane does, where points are one's own. */
const Brushes = () => {
  if (settings.value.data !== 'own') return null;
  return (
    <div class="row">
      <Switch
        class="plane-brushes"
        legend="A press on the plane"
        name="brush"
        options={brushes}
        value={brush.value}
        onChoose={(chosen) => {
          brush.value = chosen;
        }}
      />
      <button type="button" disabled={ownPoints.value.length === 0} onClick={() => paintPoints([])}>
        Remove all points
      </button>
    </div>
  );
};
