'use strict';
// Asks the keychain on behalf of courier-jwt: one JSON request on stdin, one JSON answer on stdout. A process of its
// own, because a keychain that hangs blocks the thread that asks it.
const { readFileSync } = require('node:fs');

function answer({ action, account, key }) {
  let keyring;
  try {
    keyring = require('@napi-rs/keyring');
  } catch {
    return { error: 'unavailable' };
  }
  try {
    // Without the pin it falls back to the kernel's keyring, which a reboot empties.
    const entry = new keyring.Entry('courier-jwt', account, { linux: { store: 'secret-service' } });
    if (action === 'get') return { key: entry.getPassword() };
    if (action === 'set') entry.setPassword(key);
    else entry.deletePassword();
    return {};
  } catch (error) {
    const reason = String(error.message);
    return /DBus error|no default store/i.test(reason) ? { error: 'unavailable' } : { error: 'refused', reason };
  }
}

process.stdout.write(JSON.stringify(answer(JSON.parse(readFileSync(0, 'utf8')))));
