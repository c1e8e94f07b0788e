import { describe, expect, test } from 'vitest';
import { type ActivationName, type Config, type LossName, usual } from '../../demo/mnist/config.ts';
import { atlas, columnsFor, grid, matrix, move } from '../../demo/mnist/page/microscope/layout/arrangement.ts';
import { gridOf, HALF, layoutOf, middleOf } from '../../demo/mnist/page/microscope/layout/diagram-layout.ts';
import { inWords, layerOf, symbol } from '../../demo/mnist/page/microscope/model/names.ts';
import { layersOf } from '../../demo/mnist/page/microscope/model/net-layers.ts';
import { pagesOf } from '../../demo/mnist/page/microscope/model/pages.ts';
import { exact, short, tiny } from '../../demo/mnist/page/microscope/model/short-numbers.ts';

const hidden = (...activations: ActivationName[]) =>
  activations.map((activation) => ({ kind: 'dense' as const, units: 4, activation }));
const net = (loss: LossName, layers: Config['hidden']): Config => ({ ...usual, loss, hidden: layers });

/** As the library names them, for a net like this; p is what the page adds. */
function namesOf({ hidden, loss }: Config): string[] {
  const layers = [
    ...hidden.map((layer) => ('activation' in layer ? layer.activation : 'linear')),
    loss === 'quadratic' ? 'sigmoid' : 'linear',
  ];
  const named = layers.flatMap((activation, i) => {
    const letters = ['W', 'b', 'z', 'delta', 'dW', 'db', ...(activation === 'linear' ? [] : ['a', 'slope'])];
    return letters.map((letter) => `${letter}${i + 1}`);
  });
  return ['x', 'y', 'losses', ...named, ...(loss === 'quadratic' ? [] : ['p'])];
}

const all = (config: Config) => pagesOf({ ...config, layers: layersOf(config) }, namesOf(config));
const results = (config: Config) => all(config).map(({ result }) => result);

describe('pages of the microscope', () => {
  test('no hidden layer, softmax and cross-entropy', () => {
    expect(results(net('crossEntropy', []))).toEqual(['z1', 'p', 'losses', 'delta1', 'dW1', 'db1']);
    const [sum] = all(net('crossEntropy', []));
    expect(sum.operands).toEqual(['W1', 'x', 'b1']);
  });

  test('one hidden layer', () => {
    const forward = ['z1', 'a1', 'z2', 'p', 'losses'];
    const backward = ['delta2', 'dW2', 'db2', 'delta1', 'dW1', 'db1'];
    for (const loss of ['crossEntropy', 'binaryCrossEntropy'] as const) {
      expect(results(net(loss, hidden('sigmoid')))).toEqual([...forward, ...backward]);
    }
    expect(results(net('quadratic', hidden('relu')))).toEqual(['z1', 'a1', 'z2', 'a2', 'losses', ...backward]);
  });

  test('the error of the output: p − y, or (a − y) ⊙ σ′(z)', () => {
    const errorOf = (loss: LossName) => all(net(loss, hidden('tanh'))).find(({ result }) => result === 'delta2')!;
    expect(errorOf('crossEntropy').operands).toEqual(['p', 'y']);
    expect(errorOf('binaryCrossEntropy').operands).toEqual(['p', 'y']);
    expect(errorOf('quadratic').operands).toEqual(['a2', 'y', 'slope2']);
  });

  test('three hidden layers, one of them linear: it has no a and no σ′', () => {
    const pages = all(net('crossEntropy', hidden('relu', 'linear', 'gelu')));
    const byResult = new Map(pages.map((page) => [page.result, page]));
    expect(byResult.has('a2')).toBe(false);
    expect(byResult.get('z3')!.operands).toEqual(['W3', 'z2', 'b3']);
    expect(byResult.get('dW3')!.operands).toEqual(['delta3', 'z2']);
    expect(byResult.get('delta2')!.operands).toEqual(['W3', 'delta3']);
    expect(byResult.get('delta3')!.operands).toEqual(['W4', 'delta4', 'slope3']);
    expect(pages.map(({ direction }) => direction).join(' ')).toMatch(/^(forward ?)+(backward ?)+$/);
  });

  test.each(['crossEntropy', 'binaryCrossEntropy', 'quadratic'] as const)(
    '%s: every page is made of tensors there are',
    (loss) => {
      for (const layers of [[], hidden('sigmoid'), hidden('relu', 'linear', 'softplus')]) {
        const config = net(loss, layers);
        const names = new Set(namesOf(config));
        for (const { operands, result, equation } of all(config)) {
          const shown = equation.flatMap((part) => (typeof part === 'object' && 'tensor' in part ? [part.tensor] : []));
          expect(new Set(shown)).toEqual(new Set([result, ...operands]));
          for (const name of shown) expect(names).toContain(name);
        }
        expect(new Set(results(config)).size).toBe(all(config).length);
      }
    },
  );

  test('the diagram has a place for each tensor, and no two on one', () => {
    for (const loss of ['crossEntropy', 'quadratic'] as const) {
      for (const layers of [[], hidden('sigmoid'), hidden('relu', 'linear', 'gelu')]) {
        const config = net(loss, layers);
        const { places, columns } = layoutOf(all(config));
        expect(places.map(({ name }) => name).sort()).toEqual(namesOf(config).sort());
        expect(new Set(places.map(({ column, row }) => `${column} ${row}`)).size).toBe(places.length);
        expect(Math.max(...places.map(({ column }) => column))).toBe(columns - 1);
      }
    }
  });
});

describe('the diagram', () => {
  const nets = [[], hidden('sigmoid'), hidden('relu', 'linear'), hidden('relu', 'tanh', 'elu', 'gelu', 'silu', 'tanh')];
  test.each(nets.flatMap((layers) => [240, 300, 690, 840].map((width) => [layers.length, width, layers] as const)))(
    'with %i hidden layers and %i pixels: all tiles are in sight, and none is on another',
    (_, width, layers) => {
      const layout = layoutOf(all(net('quadratic', layers)));
      const grid = gridOf(layout, width);
      const middles = layout.places.map((place) => middleOf(place, grid));
      for (const [i, { x, y }] of middles.entries()) {
        expect(x).toBeGreaterThanOrEqual(HALF.width);
        expect(x).toBeLessThanOrEqual(width - HALF.width);
        expect(y).toBeGreaterThanOrEqual(HALF.height);
        for (const other of middles.slice(i + 1)) {
          expect(Math.abs(x - other.x) >= 2 * HALF.width || Math.abs(y - other.y) >= 2 * HALF.height).toBe(true);
        }
      }
    },
  );
});

test('names', () => {
  expect(['x', 'dW2', 'delta1', 'slope3', 'losses'].map(symbol)).toEqual(['x', '∂C/∂W²', 'δ¹', 'σ′(z³)', 'C']);
  expect(['x', 'W2', 'p'].map((name) => layerOf(name, 3))).toEqual([0, 2, 3]);
  expect(inWords('delta2')).toBe('errors, layer 2');
});

test('numbers', () => {
  expect([0, 1, -0.0231449, 1234.56, 1200, 1.2346e-7].map((x) => short(x))).toEqual([
    ...['0', '1', '−0.02314', '1235', '1200', '1.235 × 10⁻⁷'],
  ]);
  expect([0.5, -0.01234, 1.6e-7].map(tiny)).toEqual(['0.5', '−0.0123', '2e−7']);
  expect(exact(Math.fround(0.1))).toBe('0.1');
  expect([1 / 3, 0.25, -1e-9].map(Math.fround).map(exact)).toEqual(['0.33333334', '0.25', '−1 × 10⁻⁹']);
  for (const x of [1 / 3, -0.0123, 12345.678].map(Math.fround)) {
    expect(Math.fround(Number(exact(x).replace('−', '-')))).toBe(x);
  }
});

describe('arrangements', () => {
  test.each([
    ['a vector', grid(30)],
    ['a matrix', matrix(10, 32)],
    ['a matrix of more numbers than pixels', matrix(10, 2000)],
    ['an atlas', atlas(100, 64)],
  ])('%s: what a pixel shows is where it is said to be', (_, arrangement) => {
    const { width, height, at, boxOf } = arrangement;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const index = at(x, y);
        if (index < 0) continue;
        const box = boxOf(index);
        expect(x - box.left).toBeLessThan(box.width);
        expect(x - box.left).toBeGreaterThan(-1);
        expect(y - box.top).toBeLessThan(box.height);
      }
    }
  });

  test('arrow keys stay inside', () => {
    const vector = grid(32); // 8 columns
    expect(columnsFor(32)).toBe(8);
    expect(['ArrowRight', 'ArrowDown', 'ArrowLeft', 'ArrowUp', 'a'].map((key) => move(vector, 0, key))).toEqual([
      1, 8, -1, -1, -1,
    ]);
    expect(move(vector, 31, 'ArrowDown')).toBe(-1);
    expect(move(atlas(100, 64), 64 * 784 + 5, 'ArrowRight')).toBe(65 * 784 + 5);
  });
});
