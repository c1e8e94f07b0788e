/** Pictures in folders, or class by class. */
import { useId } from 'preact/hooks';
import type { PicturesData } from '../../lab/own-data/own-protocol.ts';
import { Choice } from '../controls/choice.tsx';
import { integer } from '../shared/numbers.ts';
import { Section } from '../shared/section.tsx';
import { filesIn } from './classes.ts';
import { FileDrop } from './file-drop.tsx';
import {
  addClass,
  addFiles,
  change,
  isEmpty,
  openFolders,
  pictures,
  removeAll,
  rename,
  sides,
} from './pictures-state.ts';

const PICTURES = 'image/png,image/jpeg';

export const PicturesSection = () => {
  const { classes, side, channels } = pictures.value;
  return (
    <Section
      id="own-pictures"
      title="Pictures"
      lead="Give some pictures of each kind, PNG or JPEG, and the network learns to tell the kinds apart. Ten of each are a start. They never leave this machine."
    >
      <FileDrop
        title="Choose a folder"
        folder
        onFiles={openFolders}
        onDrop={(transfer) => openFolders(filesIn(transfer))}
      >
        <span class="small soft">
          with a folder in it for each class, named after the class. Or drop the folders of all classes here.
        </span>
      </FileDrop>
      <h3>Class by class</h3>
      <ul class="own-classes">
        {classes.map((_, at) => (
          <li key={at}>
            <ClassFiles at={at} />
          </li>
        ))}
      </ul>
      <div class="row">
        <button type="button" onClick={addClass}>
          Add a class
        </button>
        <button type="button" disabled={isEmpty.value} onClick={removeAll}>
          Remove all pictures
        </button>
      </div>
      <div class="own-choices">
        <Choice
          label="Scaled to"
          value={`${side}`}
          options={Object.fromEntries(sides.map((pixels) => [`${pixels}`, `${pixels} × ${pixels} pixels`]))}
          onChoose={(pixels) => change({ side: Number(pixels) })}
        />
        <Choice
          label="Colours"
          value={`${channels}` as const}
          options={{ 3: 'red, green and blue', 1: 'grey' }}
          onChoose={(count) => change({ channels: Number(count) as PicturesData['channels'] })}
        />
      </div>
    </Section>
  );
};

/** Where the pictures of one class are dropped, and what it is called. */
const ClassFiles = ({ at }: { readonly at: number }) => {
  const id = useId();
  const { name, files } = pictures.value.classes[at];
  return (
    <div class="own-class">
      <label for={id}>Class {at + 1}</label>
      <input
        id={id}
        value={name}
        placeholder={`class ${at + 1}`}
        autocomplete="off"
        onInput={({ currentTarget }) => rename(at, currentTarget.value)}
        onChange={() => change()}
      />
      <FileDrop
        title={`Add pictures to class ${at + 1}`}
        accept={PICTURES}
        multiple
        onFiles={(more) => addFiles(at, more)}
      >
        <span class="small soft">or drop them here. {integer(files.length)} so far.</span>
      </FileDrop>
    </div>
  );
};
