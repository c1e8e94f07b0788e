import './controls.css';
import { DropZone } from './drop-zone.tsx';
import './layers.css';
import { Settings } from './settings.tsx';
import { Toolbar } from './toolbar.tsx';
import './toolbar.css';

export const Controls = () => (
  <>
    <aside class="card controls" aria-label="Controls">
      <Toolbar />
      <Settings />
    </aside>
    <DropZone />
  </>
);
