/**
 * A TypeDoc plugin. It sorts the public names by topic, which follows from the file of each, and turns the `@throws {Error}`
 * tags of a comment into one list with a link for each error.
 */
import { CommentTag, Converter, ReflectionKind } from 'typedoc';

/** Beginnings of paths in src/, and the topic of what is declared there; the first that matches counts. */
const categories = [
  ['nn/model', 'Models'],
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
  ['train/augment', 'Augmentation'],
  ['train/', 'Training'],
  ['tune/', 'Training'],
  ['engine/compile-progress', 'Training'],
  ['engine/device', 'Device'],
  ['graph/check', 'Checking'],
  ['base/errors', 'Errors'],
  ['graph/', 'Graph and schedule'],
  ['compiler/', 'Graph and schedule'],
  ['index', 'Graph and schedule'],
  ['base/', 'Tensors'],
  ['data/', 'Data'],
  ['bench/', 'Benchmarks'],
];

const source = new URL('../src/', import.meta.url).pathname;

function categoryOf(project, reflection) {
  const path = project.getSymbolIdFromReflection(reflection).fileName.slice(source.length);
  const found = categories.find(([start]) => path.startsWith(start));
  if (!found) throw new Error(`reference: src/${path} has no topic: add one to docs/reference-plugin.mjs`);
  return found[1];
}

/** A function has its comments on its signatures. */
const commentsOf = ({ comment, signatures = [] }) => [comment, ...signatures.map((one) => one.comment)].filter(Boolean);

function listThrows(comment, errors) {
  const tags = comment.getTags('@throws');
  if (tags.length === 0) return;
  const items = tags.map(({ typeAnnotation = '', content }) => {
    const name = typeAnnotation.replace(/[{}]/g, '');
    const target = errors.get(name);
    if (!target) throw new Error(`reference: @throws {${name}}: no error of that name is exported`);
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

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const classes = project.getReflectionsByKind(ReflectionKind.Class);
    const errors = new Map(classes.map((one) => [one.name, one]));
    for (const reflection of Object.values(project.reflections)) {
      if (reflection.comment) listThrows(reflection.comment, errors);
    }
    for (const entry of project.getReflectionsByKind(ReflectionKind.Module)) {
      for (const child of entry.children) {
        if (child.kindOf(ReflectionKind.Reference)) continue;
        const text = categoryOf(project, child);
        for (const comment of commentsOf(child))
          comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text }]));
      }
    }
  });
}
