// The documentation site: `npm run docs` serves it, `npm run docs:build` makes a static site with the demo page in /demo/.
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { type DefaultTheme, defineConfig, type MarkdownRenderer } from 'vitepress';
import { writeCommandPages } from './command-line.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

writeCommandPages(path('../generated'));

/** The tree that TypeDoc writes beside the pages of the reference, where they have been made. */
function reference(): DefaultTheme.SidebarItem[] {
  const file = path('../reference/typedoc-sidebar.json');
  const items: DefaultTheme.SidebarItem[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  return items.map((item) => ({ ...item, collapsed: false }));
}
const referencePages = reference();

const guide = [
  { text: 'Install', link: '/guide/install' },
  { text: 'First net', link: '/guide/first-net' },
  { text: 'Data of your own', link: '/guide/data' },
  { text: 'Models and layers', link: '/guide/models' },
  { text: 'Convolutional nets', link: '/guide/convolutional-nets' },
  { text: 'Training control', link: '/guide/training-control' },
  { text: 'Evaluate and predict', link: '/guide/evaluating' },
  { text: 'Metrics, logs and summaries', link: '/guide/metrics' },
  { text: 'Augmentation', link: '/guide/augmentation' },
  { text: 'Save and resume', link: '/guide/saving' },
  { text: 'Predict', link: '/guide/predicting' },
  { text: 'ONNX', link: '/guide/onnx' },
  { text: 'From PyTorch to a page', link: '/guide/from-pytorch-to-a-page' },
  { text: 'TensorFlow.js and Keras', link: '/guide/keras' },
  { text: 'Check against the CPU', link: '/guide/checking' },
  { text: 'In the browser and in a worker', link: '/guide/browser' },
  { text: 'On a server', link: '/guide/server' },
  { text: 'From a tab to a cluster', link: '/guide/from-a-tab-to-a-cluster' },
  { text: 'Troubleshooting', link: '/guide/troubleshooting' },
];

const howItWorks = [
  { text: 'Architecture', link: '/how-it-works/architecture' },
  { text: 'Memory layout', link: '/how-it-works/memory-layout' },
  { text: 'Schedule', link: '/how-it-works/schedule' },
  { text: 'Kernels', link: '/how-it-works/kernels' },
  { text: 'Tuning', link: '/how-it-works/tuning' },
  { text: 'Numerics and bounds', link: '/how-it-works/numerics' },
  { text: 'Glossary', link: '/how-it-works/glossary' },
];

const project = [
  { text: 'Examples', link: '/examples' },
  { text: 'The demo page', link: '/demo-page' },
  { text: 'Benchmarks', link: '/benchmarks' },
  { text: 'Published results', link: '/published-results' },
  { text: 'Developing', link: '/developing' },
  { text: 'Adding an op', link: '/adding-an-op' },
  { text: 'Testing', link: '/testing' },
  { text: 'Reliability', link: '/reliability' },
];

/** Links to files of demo/examples/ save the copies that the site has of them. */
function linkToExamples(md: MarkdownRenderer): void {
  md.core.ruler.push('examples', ({ tokens }) => {
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      if (!href?.startsWith('../demo/examples/')) continue;
      token.attrSet('href', href.replace('..', ''));
      token.attrSet('download', '');
    }
  });
}

export default defineConfig({
  title: 'retrograd',
  description: 'Train neural networks on the GPU from JavaScript, through WebGPU.',
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  srcExclude: ['generated/**'],
  ignoreDeadLinks: [/^\/demo\//], // the page is copied there after the links are checked
  markdown: { math: false, config: linkToExamples },
  themeConfig: {
    nav: [
      { text: 'Guide', link: '/guide/install', activeMatch: '/guide/' },
      ...(referencePages.length > 0 ? [{ text: 'Reference', link: '/reference/', activeMatch: '/reference/' }] : []),
      { text: 'Command line', link: '/command-line' },
      { text: 'How it works', link: '/how-it-works/architecture', activeMatch: '/how-it-works/' },
      { text: 'Demo', link: '/demo/', target: '_self' },
    ],
    sidebar: {
      '/reference/': referencePages,
      '/': [
        { text: 'Guide', items: guide },
        { text: 'Command line', items: [{ text: 'The command', link: '/command-line' }] },
        { text: 'How it works', items: howItWorks },
        { text: 'Project', items: project },
      ],
    },
    outline: [2, 3],
    search: { provider: 'local' },
  },
  async buildEnd({ outDir }) {
    const configFile = path('../../demo/mnist/vite.config.ts');
    await build({ configFile, logLevel: 'warn', build: { outDir: join(outDir, 'demo') } });
    cpSync(path('../../demo/examples'), join(outDir, 'demo/examples'), { recursive: true });
  },
});
