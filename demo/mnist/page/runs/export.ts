/** The table as a file, and the charts as a picture. */
import { csv } from './csv.ts';
import type { Column, RunView } from './run-columns.ts';

/** A line per run: its name, when it began, each column, and the address with its settings. */
export function tableAsCsv(
  runs: readonly RunView[],
  columns: readonly Column[],
  nameOf: (run: RunView) => string,
  linkTo: (run: RunView) => string,
): string {
  const head = ['run', 'began', ...columns.map(({ fileTitle }) => fileTitle), 'link'];
  const lines = runs.map((run) => [
    ...[nameOf(run), new Date(run.began).toISOString()],
    ...columns.map((column) => column.value(run)),
    linkTo(run),
  ]);
  return csv([head, ...lines]);
}

/** In CSS pixels. */
const [MARGIN, LINE, SAMPLE] = [16, 22, 28];

interface Entry {
  readonly name: string;
  readonly colour: string;
  readonly dash: readonly number[];
}

/** The charts in a part of the page, one under the other, with their titles and the names of the curves. */
export function picture(part: HTMLElement, entries: readonly Entry[]): Promise<Blob | null> {
  const scale = devicePixelRatio;
  const charts = [...part.querySelectorAll('figure')].map((figure) => ({
    title: figure.querySelector('h3')?.textContent ?? '',
    canvas: figure.querySelector('canvas'),
  }));
  const drawn = charts.flatMap(({ title, canvas }) => (canvas ? [{ title, canvas }] : []));
  const width = Math.max(...drawn.map(({ canvas }) => canvas.width / scale), 300) + 2 * MARGIN;
  const heights = drawn.map(({ canvas }) => canvas.height / scale + LINE + MARGIN);
  const height = heights.reduce((a, b) => a + b, 0) + entries.length * LINE + 2 * MARGIN;
  const sheet = Object.assign(document.createElement('canvas'), { width: width * scale, height: height * scale });
  const context = sheet.getContext('2d')!;
  const { color, backgroundColor, fontFamily } = getComputedStyle(part);
  context.scale(scale, scale);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  let y = MARGIN;
  const write = (text: string, x: number, font: string): void => {
    context.font = `${font} ${fontFamily}`;
    context.fillStyle = color;
    context.fillText(text, x, y + LINE / 2, width - x - MARGIN);
    y += LINE;
  };
  for (const { name, colour, dash } of entries) {
    context.strokeStyle = colour;
    context.lineWidth = 3;
    context.setLineDash([...dash]);
    context.beginPath();
    context.moveTo(MARGIN, y + LINE / 2);
    context.lineTo(MARGIN + SAMPLE, y + LINE / 2);
    context.stroke();
    write(name, MARGIN + SAMPLE + 8, '14px');
  }
  for (const { title, canvas } of drawn) {
    y += MARGIN;
    write(title, MARGIN, '600 16px');
    context.drawImage(canvas, MARGIN, y, canvas.width / scale, canvas.height / scale);
    y += canvas.height / scale;
  }
  return new Promise((resolve) => sheet.toBlob(resolve));
}
