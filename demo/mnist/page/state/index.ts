/** What the page knows and what it can ask for. Components read the one and call the other. */
export * from './actions.ts';
export { ask, askCurrent, lab } from './ask.ts';
export * from './signals.ts';
