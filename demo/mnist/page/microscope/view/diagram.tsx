import { useLayoutEffect, useRef } from 'preact/hooks';
import { SIDE } from '../../../lab/protocol.ts';
import { useWidth } from '../../shared/use-width.ts';
import { type Arrangement, grid, imageOfUnit, mapOf, matrix } from '../layout/arrangement.ts';
import { type Edge, gridOf, layoutOf, middleOf, pathOf, tileOf } from '../layout/diagram-layout.ts';
import { scaleOf } from '../layout/scales.ts';
import { inWords, isMatrix, layerOf, symbol } from '../model/names.ts';
import { isImage } from '../model/net-layers.ts';
import type { Page } from '../model/pages.ts';
import { lastLayer, pixelOf, selectedOf, shapeOf, unitOf, unitsOf } from '../model/selection.ts';
import { tiny } from '../model/short-numbers.ts';
import type { View } from '../model/view-of.ts';
import { Canvas } from './tensor-picture.tsx';

interface DiagramProps {
  readonly view: View;
  readonly pages: readonly Page[];
  readonly current: number;
  readonly onTurn: (page: number) => void;
}

/** The net as it is worked through: a tile for each tensor, and arrows for the operation that is open. */
export const Diagram = ({ view, pages, current, onTurn }: DiagramProps) => {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame, 600);
  const layout = layoutOf(pages);
  const { places, edges } = layout;
  const grid = gridOf(layout, width);
  const byName = new Map(places.map((place) => [place.name, middleOf(place, grid)]));
  const { operands, result, direction } = pages[current];
  const last = middleOf({ column: layout.columns - 1, row: layout.rows - 1 }, grid);
  const first = middleOf({ column: 0, row: 0 }, grid);
  const size = { width: Math.max(width, last.x + first.x), height: last.y + first.y };
  const { x, y } = byName.get(tileOf(result)) ?? first;
  useLayoutEffect(() => {
    const { clientWidth, clientHeight } = frame.current!;
    frame.current!.scrollTo(x - clientWidth / 2, y - clientHeight / 2);
  }, [x, y]);

  const drawn = (edge: Edge) => pathOf(byName.get(edge.from)!, byName.get(edge.to)!, grid.isTurned);
  const ordered = edges.toSorted((a, b) => Number(a.page === current) - Number(b.page === current));
  return (
    <div class={`microscope-diagram microscope-${direction} ${grid.isLong ? 'microscope-long' : ''}`} ref={frame}>
      <div class="microscope-plan" style={{ width: `${size.width}px`, height: `${size.height}px` }}>
        <svg {...size} aria-hidden="true">
          <defs>
            {['rest', 'open'].map((id) => (
              <marker
                key={id}
                id={`microscope-${id}`}
                viewBox="0 0 8 8"
                refX="7"
                refY="4"
                orient="auto"
                markerUnits="userSpaceOnUse"
                markerWidth="9"
                markerHeight="9"
              >
                <path d="M0,0 L8,4 L0,8 z" />
              </marker>
            ))}
          </defs>
          {ordered.map((edge) => (
            <path
              key={`${edge.from} ${edge.to}`}
              d={drawn(edge)}
              class={edge.page === current ? 'microscope-open' : ''}
              marker-end={`url(#microscope-${edge.page === current ? 'open' : 'rest'})`}
            />
          ))}
        </svg>
        {places.map(({ name }) => (
          <Tile
            key={name}
            view={view}
            name={name}
            at={byName.get(name)!}
            role={name === tileOf(result) ? 'result' : operands.map(tileOf).includes(name) ? 'operand' : 'rest'}
            onOpen={() => onTurn(pageOf(pages, name))}
          />
        ))}
      </div>
    </div>
  );
};

/** Where a tensor comes from, or where it is first used. */
function pageOf(pages: readonly Page[], name: string): number {
  const made = pages.findIndex(({ result }) => result === name);
  return made >= 0 ? made : pages.findIndex(({ operands }) => operands.includes(name));
}

interface TileProps {
  readonly view: View;
  readonly name: string;
  readonly at: { readonly x: number; readonly y: number };
  readonly role: 'result' | 'operand' | 'rest';
  readonly onOpen: () => void;
}

const Tile = ({ view, name, at, role, onOpen }: TileProps) => {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const { activeElement } = document;
    const inDiagram = button.current?.parentElement?.contains(activeElement);
    if (role === 'result' && inDiagram) button.current?.focus({ preventScroll: true });
  }, [role]);
  return (
    <button
      type="button"
      ref={button}
      class={`microscope-tile microscope-tile-${role}`}
      style={{ left: `${at.x}px`, top: `${at.y}px` }}
      // One stop for the tab key; from there, arrow keys turn the pages.
      tabIndex={role === 'result' ? 0 : -1}
      aria-current={role === 'result' ? 'step' : undefined}
      onClick={onOpen}
    >
      <Thumbnail view={view} name={name} />
      {/* Text, since there are many, and formulas take a browser longer to lay out. */}
      <span class="microscope-symbol" aria-hidden="true">
        {symbol(name)}
      </span>
      <span class="unseen">{inWords(name)}</span>
    </button>
  );
};

/** Numbers on a side of the small picture of a matrix, at most. */
const MOST = 44;

/** A tensor at a glance: of maps and filters the one that is looked at, of the first weights those of the unit. */
const Thumbnail = ({ view, name }: { readonly view: View; readonly name: string }) => {
  const { data } = view.tensors[name];
  if (data.length === 1) return <span class="microscope-number">{tiny(data[0])}</span>;
  const arrangement = thumbnailOf(view, name);
  return <Canvas data={data} arrangement={arrangement} scale={scaleOf(name, data)} />;
};

function thumbnailOf(view: View, name: string): Arrangement {
  const { shape, data } = view.tensors[name];
  const layer = layerOf(name, lastLayer(view));
  if (!isMatrix(name)) {
    const of = shapeOf(view, layer);
    const hasMaps = isImage(of) && data.length === unitsOf(view, layer);
    return hasMaps ? mapOf(pixelOf(view, layer).channel, of) : grid(data.length);
  }
  const { kind, window } = view.layers[layer - 1];
  if (kind === 'conv2d') {
    const { size } = window!;
    return mapOf(Math.floor(selectedOf(view, name) / size ** 2), [shape[0], size, size]);
  }
  const isOfPixels = layer === 1 && shape[1] === SIDE * SIDE;
  return isOfPixels ? imageOfUnit(unitOf(view, 1)) : matrix(shape[0], shape[1], MOST);
}
