/** Texts with marked words of the glossary, and superscripts. */
import type { TermName } from '../glossary/terms.ts';

export interface Piece {
  readonly text: string;
  readonly of?: TermName;
  readonly isRaised?: boolean;
}

/** 'The [loss] of [batch|batches] W^{T}' -> The, loss, of, batches, W, T. */
export const piecesOf = (text: string): Piece[] =>
  text
    .split(/(\[[^\]]+\]|\^\{[^}]+\})/)
    .map((part): Piece => {
      if (part.startsWith('^{')) return { text: part.slice(2, -1), isRaised: true };
      if (!part.startsWith('[')) return { text: part };
      const [of, words = of] = part.slice(1, -1).split('|');
      return { text: words, of: of as TermName };
    })
    .filter((piece) => piece.text !== '');
