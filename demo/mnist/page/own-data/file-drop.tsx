import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';

interface FileDropProps {
  /** On the button. */
  readonly title: string;
  /** Beside it. */
  readonly children?: ComponentChildren;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** Chooses a folder with everything in it. */
  readonly folder?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  /** What was dropped, if more than its files count. */
  readonly onDrop?: (transfer: DataTransfer) => void;
}

/** Takes files that are chosen, or dropped on it. */
export const FileDrop = ({ title, children, accept, multiple, folder, onFiles, onDrop }: FileDropProps) => {
  const isOver = useSignal(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files can be dropped here; the button takes them by keyboard
    <div
      class="own-drop"
      data-over={isOver.value}
      onDragOver={(event) => {
        event.preventDefault();
        isOver.value = true;
      }}
      onDragLeave={() => {
        isOver.value = false;
      }}
      onDrop={(event) => {
        event.preventDefault();
        isOver.value = false;
        const transfer = event.dataTransfer!;
        if (onDrop) onDrop(transfer);
        else if (transfer.files.length > 0) onFiles([...transfer.files]);
      }}
    >
      <label class="button own-choose">
        <input
          type="file"
          class="unseen"
          accept={accept}
          multiple={multiple}
          {...(folder && { webkitdirectory: true })}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = ''; // so that the same files can be chosen again
            if (files.length > 0) onFiles(files);
          }}
        />
        <span>{title}</span>
      </label>
      {children}
    </div>
  );
};
