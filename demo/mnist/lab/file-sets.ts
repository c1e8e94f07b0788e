/** What reads data sets from files. It is loaded when there is one to read. */
export { mnist } from 'retrograd/data';
export { rolesOf } from './files.ts';
