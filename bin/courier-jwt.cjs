#!/usr/bin/env -S node --
'use strict';
// The `--` above: without it Node takes our --env-file for its own, and with it a NODE_OPTIONS that runs code.
const { readFileSync, statSync } = require('node:fs');
const { Script } = require('node:vm');

const folder = `${__dirname}/../dist/cli/chunks/`;
const loaded = new Map();

/**
 * `require` for the files of dist/cli, with what V8 compiled of each kept beside it by the build: compiling is a third of a
 * start. V8 refuses another version's and compiles anew; what was made of an older file it would not notice.
 */
function load(name) {
  const known = loaded.get(name);
  if (known) return known.exports;
  const filename = folder + name;
  const script = new Script(readFileSync(filename, 'utf8'), { filename, cachedData: compiled(filename) });
  const module = { exports: {} };
  loaded.set(name, module);
  const own = (id) => (id.startsWith('./') ? load(id.slice(2)) : require(id));
  script.runInThisContext()(module.exports, own, module);
  return module.exports;
}

function compiled(filename) {
  const path = `${filename}.cache`;
  try {
    return statSync(path).mtimeMs < statSync(filename).mtimeMs ? undefined : readFileSync(path);
  } catch {
    return undefined;
  }
}

const { exit, run, system } = load('main.cjs');
void run(process.argv.slice(2), system(`${__dirname}/keychain.cjs`)).then(exit);
