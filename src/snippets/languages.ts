/** Those of Courier's "How to Send a JWT from Your Backend", its Node.js as Express; and two without a framework. */
export const languages = ['express', 'flask', 'spring', 'laravel', 'rails', 'node', 'curl'] as const;

export type Language = (typeof languages)[number];
