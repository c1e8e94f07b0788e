import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { take } from './take.ts';

const holdsFiles = ({ dataTransfer }: DragEvent): boolean => dataTransfer?.types.includes('Files') ?? false;

/** Files can be dropped anywhere on the page; a part that takes files itself prevents the default. */
function watch(onHover: (isOver: boolean) => void): () => void {
  const stop = new AbortController();
  const listen = (name: 'dragover' | 'dragleave' | 'drop', hear: (event: DragEvent) => void) =>
    addEventListener(name, hear, { signal: stop.signal });
  listen('dragover', (event) => {
    if (event.defaultPrevented || !holdsFiles(event)) return;
    event.preventDefault();
    event.dataTransfer!.dropEffect = 'copy';
    onHover(true);
  });
  listen('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) onHover(false);
  });
  listen('drop', (event) => {
    onHover(false);
    if (event.defaultPrevented || !holdsFiles(event)) return;
    event.preventDefault();
    take([...event.dataTransfer!.files]);
  });
  return () => stop.abort();
}

export const DropZone = () => {
  const isOver = useSignal(false);
  useEffect(
    () =>
      watch((now) => {
        isOver.value = now;
      }),
    [isOver],
  );
  return (
    <div class="drop" hidden={!isOver.value}>
      <p class="drop-text">
        <strong>Drop the four IDX files</strong>
        <span>of MNIST, or of a set in its format</span>
      </p>
    </div>
  );
};
