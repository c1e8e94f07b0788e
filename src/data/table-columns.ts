/** How the columns of a table became inputs: plain JSON data, so that the file of a net can hold it. */

/** A column of a table, and what its cells become. */
export type TableColumn = NumberColumn | CategoryColumn;

/** A column of numbers: one input each. */
export interface NumberColumn {
  /** Name in the header. */
  readonly name: string;
  readonly kind: 'number';
  /** What an empty cell becomes. If it is absent, an empty cell is an error. */
  readonly missing?: number;
}

/** A column of texts. */
export interface CategoryColumn {
  /** Name in the header. */
  readonly name: string;
  readonly kind: 'category';
  /** The texts that its cells may hold, in the order of their index. */
  readonly categories: readonly string[];
  /** `'one-hot'`: an input per category. `'index'`: one input, the index. */
  readonly as: 'one-hot' | 'index';
}
