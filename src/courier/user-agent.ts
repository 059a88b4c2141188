import { version } from '../version.js';

export const userAgent = `courier-jwt/${version}`;
