import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Debian's. */
const executablePath = '/usr/bin/chromium';

export const hasBrowser = existsSync(executablePath);

// Nothing of a browser's own that wants the Internet; the sandbox cannot be had as root.
const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export async function launch(): Promise<Browser> {
  return chromium.launch({ executablePath, args });
}
