/** What a net of many layers costs to compile, without a GPU: equal layers share shaders, and no layer costs more than another. */
import { describe, expect, it } from 'vitest';
import { schedule } from '../../src/compiler/schedule.ts';
import { adam } from '../../src/nn/optimizers/index.ts';
import { trainingGraph } from '../../src/train/graphs.ts';
import { deepMlp, residualNet } from '../support/networks.ts';

describe.each([
  ['dense layers', deepMlp, [30, 60]],
  ['residual blocks', residualNet, [5, 20]],
] as const)('a net of many %s', (_, net, [few, many]) => {
  const textsOf = (count: number): Set<string> => {
    const { graph } = trainingGraph(net(count), adam());
    const { dispatches } = schedule(graph, { keep: ({ name }) => name !== '', storageBuffers: 8 });
    return new Set(dispatches.map(({ shader }) => shader.code));
  };

  it('takes no more work for a layer than one of few', () => {
    const perNode = (count: number): number => {
      const { graph } = trainingGraph(net(count), adam());
      let visits = 0;
      for (const node of graph.nodes) {
        const { inputs, name } = node;
        const watched = <T>(value: T) => ({
          get(): T {
            visits++;
            return value;
          },
        });
        Object.defineProperties(node, { inputs: watched(inputs), name: watched(name) });
      }
      schedule(graph, { keep: () => false, storageBuffers: 8 });
      return visits / graph.nodes.length;
    };
    expect(perNode(many)).toBeLessThan(1.1 * perNode(few));
  });

  it('has as many different shaders as one of few', () => {
    expect(textsOf(many).size).toBe(textsOf(few).size);
  });
});
