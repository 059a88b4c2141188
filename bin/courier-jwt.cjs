#!/usr/bin/env -S node --
'use strict';
// The `--` above: without it Node takes our --env-file for its own, and with it a NODE_OPTIONS that runs code.
const { exit, run, system } = require('../dist/cli/chunks/main.cjs');
void run(process.argv.slice(2), system(require.resolve('./keychain.cjs'))).then(exit);
