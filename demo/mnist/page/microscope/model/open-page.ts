import { signal } from '@preact/signals';

/** The result of the page that the microscope shows: it may be there in another net too. */
export const openPage = signal('');
