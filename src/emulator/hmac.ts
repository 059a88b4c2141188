import { createHmac } from 'node:crypto';
import type { Hmac } from '../token/local.js';

/** Node's own: each request of a server is signed or verified. */
export const hmac: Hmac = (key, message) => createHmac('sha256', key).update(message).digest();
