#!/usr/bin/env node
'use strict';
const { run } = require('../dist/cli/cli.cjs');
const { exit, system } = require('../dist/cli/system.cjs');
void run(process.argv.slice(2), system(require.resolve('./keychain.cjs'))).then(exit);
