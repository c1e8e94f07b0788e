/** Prints after a run where its time went: the slowest files, and each project as a whole. */
import type { Reporter, TestModule } from 'vitest/node';

const SLOWEST = 10;

export const whereTimeGoes: Reporter = {
  onTestRunEnd(modules) {
    if (modules.length <= SLOWEST) return;
    const slowest = [...modules].sort((a, b) => secondsOf(b) - secondsOf(a)).slice(0, SLOWEST);
    console.log(`Slowest of ${modules.length} files of tests, in seconds with their imports:`);
    for (const module of slowest) {
      console.log(`${shown(secondsOf(module))}  ${module.project.name.padEnd(11)}  ${module.relativeModuleId}`);
    }
    console.log('Sums per project; what runs side by side counts each for itself:');
    for (const [name, ofProject] of byProject(modules)) {
      console.log(`${shown(sum(ofProject.map(secondsOf)))}  ${name.padEnd(11)}  ${ofProject.length} files`);
    }
  },
};

/** Without the start of its process: in a browser that counts from when the browser was started. */
function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + duration) / 1000;
}

function byProject(modules: readonly TestModule[]): Map<string, TestModule[]> {
  const projects = new Map<string, TestModule[]>();
  for (const module of modules) {
    const { name } = module.project;
    projects.set(name, [...(projects.get(name) ?? []), module]);
  }
  return projects;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const shown = (seconds: number): string => seconds.toFixed(1).padStart(8);
