import { useSignal } from '@preact/signals';
import type { ComponentChildren, ComponentType } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

export type Load = () => ComponentType | Promise<ComponentType>;

interface LoadedProps {
  readonly load: Load;
  /** What is there meanwhile. */
  readonly children: ComponentChildren;
}

/** Shows what is loaded, or that it could not be. */
export const Loaded = ({ load, children }: LoadedProps) => {
  const view = useSignal<ComponentType | 'failed' | undefined>(undefined);
  const ask = async (): Promise<void> => {
    view.value = undefined;
    view.value = await Promise.resolve(load()).catch(() => 'failed' as const);
  };
  // Before the first frame, so that nothing flashes where there is nothing to wait for.
  useLayoutEffect(() => void ask(), []);
  const View = view.value;
  if (!View) return children;
  if (View !== 'failed') return <View />;
  return (
    <div class="loaded-failed" role="alert">
      <p>This part of the page could not be loaded. Is the network down?</p>
      <button type="button" onClick={ask}>
        Try again
      </button>
    </div>
  );
};
