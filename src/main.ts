/** What bin needs, in one file: each file costs a start half a millisecond and more. */
export { run } from './cli.js';
export { exit, system } from './system.js';
