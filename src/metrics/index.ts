/** The metrics, and what prints their results. */
export * from './accuracy.ts';
export { type AucResults, auc } from './auc.ts';
export * from './confusion.ts';
export * from './mean-absolute-error.ts';
export * from './precision-recall-f1.ts';
export * from './print-results.ts';
export * from './r-squared.ts';
export * from './top-k.ts';
