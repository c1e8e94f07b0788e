// npm run rooms: the rooms of src/, and how many imports there are between each pair. test/rooms.node.test.ts holds them to it.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** What each room is for, in the order in which a net passes them, and the rooms that it may import. */
export const rooms = {
  base: { purpose: 'numbers, shapes, errors, checks of arguments: nothing that knows of nets', imports: [] },
  platform: { purpose: 'what differs between a browser and Node', imports: ['base'] },
  data: { purpose: 'data sets, and bytes from anywhere', imports: ['base', 'platform'] },
  graph: { purpose: 'nodes and ops; the CPU reference that runs them, and comparison with it', imports: ['base'] },
  ops: { purpose: 'every op: shape, gradient, reference, kernel, cases', imports: ['base', 'graph'] },
  nn: { purpose: 'layers, losses, optimizers, initialisers, schedules', imports: ['base', 'graph', 'ops'] },
  saved: {
    purpose: 'the file of a net: tensors, texts, checksums, the model',
    imports: ['base', 'data', 'graph', 'ops', 'nn'],
  },
  metrics: { purpose: 'what an evaluation measures', imports: ['base', 'graph', 'ops', 'nn'] },
  compiler: { purpose: 'from a graph to dispatches', imports: ['base', 'graph', 'ops'] },
  engine: {
    purpose: 'runs programs on a GPU or on the CPU',
    imports: ['base', 'platform', 'graph', 'ops', 'compiler'],
  },
  tune: {
    purpose: 'finds the fastest form of each kernel while training goes on',
    imports: ['base', 'platform', 'graph', 'compiler', 'engine'],
  },
  train: {
    purpose: 'what a user calls: compile, fit, evaluate, check, save',
    imports: ['base', 'data', 'graph', 'ops', 'nn', 'saved', 'metrics', 'compiler', 'engine', 'tune'],
  },
  predict: {
    purpose: 'a model opened from its file, to predict with',
    imports: ['base', 'platform', 'data', 'graph', 'ops', 'nn', 'saved', 'metrics', 'compiler', 'engine', 'train'],
  },
  keras: { purpose: 'nets from models of Keras and TensorFlow.js', imports: ['base', 'nn'] },
  onnx: {
    purpose: 'nets to and from ONNX files',
    imports: ['base', 'data', 'graph', 'ops', 'nn', 'saved'],
  },
  pytorch: {
    purpose: 'nets and their training as folders for PyTorch',
    imports: ['base', 'data', 'graph', 'ops', 'nn', 'saved'],
  },
  bench: {
    purpose: 'workloads, and what measures them',
    imports: ['base', 'data', 'graph', 'ops', 'nn', 'compiler', 'engine', 'train'],
  },
  cli: {
    purpose: 'the command, and the recipes of published results',
    imports: [
      'base',
      'platform',
      'data',
      'nn',
      'saved',
      'metrics',
      'engine',
      'train',
      'predict',
      'onnx',
      'pytorch',
      'bench',
      'entries',
    ],
  },
  entries: { purpose: 'the files of src/ itself: what users import and run', imports: 'all' },
};

/** 'src/base/errors.ts' -> 'base' */
export const roomOf = (file) => (file.split('/').length > 2 ? file.split('/')[1] : 'entries');

/** Every TypeScript file of src/ with the files that it imports, types included. */
export function importsOf(read = (file) => readFileSync(join(root, file), 'utf8')) {
  const files = readdirSync(join(root, 'src'), { recursive: true }).filter((file) => file.endsWith('.ts'));
  return new Map(
    files.map((name) => {
      const file = `src/${name.split(sep).join('/')}`;
      const paths = [...read(file).matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'(\.[^'?]+\.ts)'/g)].map(
        ([, path]) => path,
      );
      return [
        file,
        [
          ...new Set(
            paths.map((path) =>
              normalize(join(dirname(file), path))
                .split(sep)
                .join('/'),
            ),
          ),
        ],
      ];
    }),
  );
}

/** A sentence for each import that goes against the table. */
export function against(imports) {
  const wrong = [...imports].flatMap(([file, paths]) => {
    const room = roomOf(file);
    const may = rooms[room]?.imports ?? [];
    const isAllowed = (to) => may === 'all' || to === room || may.includes(to);
    return paths.filter((path) => !isAllowed(roomOf(path))).map((path) => [file, room, path, may]);
  });
  return wrong.map(
    ([file, room, path, may]) => `${file} imports ${path}, but ${room} may import only ${may.join(', ') || 'itself'}`,
  );
}

/** The shortest circle of imports from a file back to itself, for each file that has one. */
export function circles(imports) {
  const found = new Map();
  for (const start of imports.keys()) {
    const before = new Map();
    const queue = [start];
    for (const file of queue) {
      for (const next of imports.get(file) ?? []) {
        if (before.has(next)) continue;
        before.set(next, file);
        queue.push(next);
      }
    }
    if (!before.has(start)) continue;
    const circle = [start];
    for (let file = before.get(start); file !== start; file = before.get(file)) circle.unshift(file);
    const key = [...circle].sort().join();
    if (!found.has(key)) found.set(key, [circle.at(-1), ...circle].join(' -> '));
  }
  return [...found.values()];
}

/** A line per room: files, lines, and imports of each other room. */
function print(imports) {
  const names = Object.keys(rooms);
  const counts = (room) =>
    names.map(
      (to) =>
        [...imports]
          .filter(([file]) => roomOf(file) === room)
          .flatMap(([, paths]) => paths)
          .filter((path) => roomOf(path) === to).length,
    );
  const width = Math.max(...names.map((name) => name.length));
  const cell = (value) => String(value || '.').padStart(width + 1);
  console.log(`${''.padEnd(width)}${cell('files')}${names.map(cell).join('')}`);
  for (const room of names) {
    const files = [...imports.keys()].filter((file) => roomOf(file) === room).length;
    console.log(`${room.padEnd(width)}${cell(files)}${counts(room).map(cell).join('')}`);
  }
  console.log('\nA row imports the columns.\n');
  for (const room of names) console.log(`${room.padEnd(width)}  ${rooms[room].purpose}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) print(importsOf());
