/** Kept equal to package.json's by a test: reading that file costs start-up time. */
export const version = '0.1.0';
