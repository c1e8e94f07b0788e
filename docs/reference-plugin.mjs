/**
 * A TypeDoc plugin. It sorts the public names by topic, which follows from the file of each, and turns the `@throws {Error}`
 * tags of a comment into one list with a link for each error. A file without a topic, or an unknown error, fails the run.
 */
import { fileURLToPath } from 'node:url';
import { CommentTag, Converter, ReflectionKind } from 'typedoc';

/** Beginnings of paths in src/, and the topic of what is declared there; the first that matches counts. */
const topics = [
  ['nn/model', 'Models'],
  ['nn/functional', 'Models'],
  ['nn/summary', 'Models'],
  ['train/summary', 'Models'],
  ['metrics/', 'Metrics'],
  ['nn/layers/activation', 'Activations'],
  ['nn/layers/pointwise', 'Activations'],
  ['ops/activation', 'Activations'],
  ['nn/layers/', 'Layers'],
  ['nn/losses', 'Losses'],
  ['nn/optimizers', 'Optimizers'],
  ['nn/updates', 'Training'],
  ['nn/learning-rate', 'Learning-rate schedules'],
  ['nn/initialisers', 'Initialisers'],
  ['train/checkpoint/', 'Saving and loading'],
  ['saved/', 'Saving and loading'],
  ['predict/', 'Prediction'],
  ['keras/', 'Other libraries'],
  ['onnx/', 'Other libraries'],
  ['pytorch/', 'Other libraries'],
  ['train/augment', 'Augmentation'],
  ['train/', 'Training'],
  ['tune/', 'Training'],
  ['engine/compile-progress', 'Training'],
  ['engine/device', 'Device'],
  ['engine/open-device', 'Device'],
  ['graph/check', 'Checking'],
  ['base/errors', 'Errors'],
  ['graph/', 'Graph and schedule'],
  ['compiler/', 'Graph and schedule'],
  ['index', 'Graph and schedule'],
  ['base/', 'Tensors'],
  ['data/', 'Data'],
  ['platform/image-decoder', 'Data'],
  ['bench/', 'Benchmarks'],
];

const source = fileURLToPath(new URL('../src/', import.meta.url));

/** A function has its comments on its signatures. */
const commentsOf = ({ comment, signatures = [] }) => [comment, ...signatures.map((one) => one.comment)].filter(Boolean);

function addTopic(reflection, { project, logger }) {
  const path = project.getSymbolIdFromReflection(reflection).fileName.slice(source.length).replaceAll('\\', '/');
  const [, text] = topics.find(([start]) => path.startsWith(start)) ?? [];
  if (!text) logger.error(`src/${path} has no topic: add one to docs/reference-plugin.mjs`);
  for (const comment of commentsOf(reflection))
    comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: text ?? 'Other' }]));
}

function listThrows(comment, errors, logger) {
  const tags = comment.getTags('@throws');
  if (tags.length === 0) return;
  const items = tags.map(({ typeAnnotation = '', content }) => {
    const name = typeAnnotation.replace(/[{}]/g, '');
    const target = errors.get(name);
    if (!target) logger.error(`@throws {${name}}: no error of that name is exported`);
    return [
      { kind: 'text', text: '- ' },
      { kind: 'inline-tag', tag: '@link', text: name, target },
      { kind: 'text', text: ' – ' },
      ...content,
      { kind: 'text', text: '\n' },
    ];
  });
  comment.removeTags('@throws');
  comment.blockTags.push(new CommentTag('@throws', items.flat()));
}

export function load({ converter, logger }) {
  converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const classes = project.getReflectionsByKind(ReflectionKind.Class);
    const errors = new Map(classes.map((one) => [one.name, one]));
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.comment) listThrows(reflection.comment, errors, logger);
    }
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
      for (const child of entry.children) {
        if (!child.kindOf(ReflectionKind.Reference)) addTopic(child, { project, logger });
      }
    }
  });
}
