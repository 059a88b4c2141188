#!/usr/bin/env -S node --
'use strict';
// The `--` above: without it Node takes our --env-file for its own, and with it a NODE_OPTIONS that runs code.
const { run } = require('../dist/cli/cli.cjs');
const { exit, system } = require('../dist/cli/system.cjs');
void run(process.argv.slice(2), system(require.resolve('./keychain.cjs'))).then(exit);
