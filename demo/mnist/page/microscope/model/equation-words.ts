/** An equation as a row of pictures: each with the operator before it, so that the two stay together where the row breaks. */
import type { Page, Part } from './pages.ts';

export interface Word {
  readonly before: string;
  readonly tensor: string;
  readonly transposed: boolean;
}

export function wordsOf(equation: readonly Part[]): Word[] {
  const words: Word[] = [];
  let before = '';
  for (const part of equation) {
    if (typeof part === 'object' && 'tensor' in part) {
      const isProduct = before === '' && words.length > 0;
      words.push({ before: isProduct ? '·' : before, tensor: part.tensor, transposed: part.transposed ?? false });
      before = '';
    } else if (typeof part === 'string' && part !== '(' && part !== ')') {
      before = `${before} ${part}`.trim();
    }
  }
  return words;
}

/** Of the loss, what goes in: its equation is no single operation. */
export function lossInWords({ result, operands }: Page): Word[] {
  const word = (tensor: string, before: string): Word => ({ before, tensor, transposed: false });
  return [word(result, ''), ...operands.map((name, i) => word(name, i === 0 ? 'from' : 'and'))];
}
