import { problem } from './state.ts';

/** What the visitor has to know: no GPU, a lost device, a bad file. */
export const Notices = () => <div role="alert">{problem.value?.message}</div>;
