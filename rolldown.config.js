import { execFile } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { defineConfig } from 'rolldown';

/**
 * commander as ES modules, which are scanned once where CommonJS in a bundle is scanned twice, and without what is not
 * used here: commands that are other executables, and the child_process that they need. Together a tenth of a start.
 */
const leanCommander = {
  name: 'lean-commander',
  buildStart() {
    const id = join(import.meta.dirname, 'node_modules/commander/lib/help.js');
    this.emitFile({ type: 'chunk', id, fileName: 'chunks/commander-help.cjs' });
  },
  resolveId(id) {
    if (id === './commander-help.cjs') return { id, external: true };
    return id === 'commander' ? '\0commander' : null;
  },
  load(id) {
    if (id !== '\0commander') return null;
    const file = (name) => JSON.stringify(join(import.meta.dirname, 'node_modules/commander/lib', name));
    return `export { Command } from ${file('command.js')};
      export { CommanderError } from ${file('error.js')};
      export { Option } from ${file('option.js')};`;
  },
  transform(code, id) {
    if (!id.includes('/commander/lib/')) return null;
    const module = code
      .replace("const childProcess = require('node:child_process');", '')
      .replace(/^ {2}(?:_executeSubCommand|_checkForMissingExecutable)\(.*\) \{[^]*?^ {2}\}$/gm, '')
      .replace(/^const (\{.*\}) = require\('(\.\/.*?)(?:\.js)?'\);/gm, "import $1 from '$2.js';")
      .replace(/^exports\.(\w+) = \1;/gm, 'export { $1 };');
    if (/\brequire\('\.|\bexports\b|childProcess/.test(module)) throw new Error(`commander changed: ${id}`);
    return { code: id.endsWith('command.js') ? withLazyHelp(module) : module, moduleType: 'js' };
  },
};

/** What only help and suggestions need is a file of its own, or nothing: commands that run are spared it. */
function withLazyHelp(code) {
  const lazy = code
    .replace("import { Help, stripColor } from './help.js';", '')
    .replace("import { suggestSimilar } from './suggestSimilar.js';", "const suggestSimilar = () => '';")
    .replace('stripColor: (str) => stripColor(str)', 'stripColor: (str) => str')
    .replace('new Help()', "new (require('./commander-help.cjs').Help)()");
  if (/(?<!\.)\bstripColor\(str\)|new Help\(/.test(lazy)) throw new Error('commander changed: help');
  return lazy;
}

/** `debug`, which the proxy agent brings, prints proxy passwords when DEBUG is set. */
const noDebug = {
  name: 'no-debug',
  resolveId: (id) => (id === 'debug' ? '\0debug' : null),
  load: (id) => (id === '\0debug' ? 'export default () => () => {};' : null),
};

/** The types of the library once more, as CommonJS sees them. */
const commonJsTypes = {
  name: 'commonjs-types',
  writeBundle() {
    cpSync('dist/library', 'dist/library-cjs', { recursive: true, filter: (path) => !path.endsWith('.js') });
    writeFileSync('dist/library-cjs/package.json', '{ "type": "commonjs" }\n');
  },
};

/** A file as text: `import text from './file?raw'`. */
const raw = {
  name: 'raw',
  resolveId: (source, importer) => (source.endsWith('?raw') ? join(dirname(importer), source) : null),
  load(id) {
    if (!id.endsWith('?raw')) return null;
    const text = readFileSync(id.replace(/\?raw$/, ''), 'utf8');
    return { code: `export default ${JSON.stringify(text)}`, moduleType: 'js' };
  },
};

/** Pure ASCII is read and scanned twice as fast; what is not stands in strings, where an escape means the same. */
const ascii = {
  name: 'ascii',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      chunk.code = chunk.code?.replace(
        /[\u0080-\uffff]/g,
        (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
  },
};

/** Rolldown's helpers get a file of their own; each file costs a start half a millisecond and more, so they join `main`. */
const helpersInMain = {
  name: 'helpers-in-main',
  generateBundle(_, bundle) {
    const [helpers, main] = ['rolldown-runtime', 'main'].map((name) => bundle[`chunks/${name}.cjs`]);
    main.code = `exports.helpers=(exports=>{${helpers.code};return exports})({});${main.code}`;
    delete bundle[helpers.fileName];
    // It only names what is in main: bin takes that from there.
    delete bundle['main.cjs'];
    for (const chunk of Object.values(bundle))
      chunk.code = chunk.code.replace('require("./rolldown-runtime.cjs")', 'require("./main.cjs").helpers');
  },
};

/** `import('node:http')` takes Node's loader of ES modules, which costs 3 ms more than `require`; and Jest has none. */
const requireBuiltins = {
  name: 'require-builtins',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      chunk.code = chunk.code?.replace(/\bimport\(([`"]node:[\w/]+[`"])\)/g, 'Promise.resolve().then(()=>require($1))');
  },
};

/** node:os is seldom needed, and is loaded where it is. */
const lazyOs = {
  name: 'lazy-os',
  generateBundle(_, bundle) {
    const main = bundle['chunks/main.cjs'];
    const lazy = main.code
      .replace(/let node_os=require\("node:os"\);/, '')
      .replaceAll('node_os.', 'require("node:os").');
    if (/\bnode_os\b/.test(lazy) || lazy === main.code) throw new Error('node:os is required in another way');
    main.code = lazy;
  },
};

/** Exports by value: a getter for each costs every start to define. Nothing that is exported changes later. */
const plainExports = {
  name: 'plain-exports',
  generateBundle(_, bundle) {
    const getter =
      /Object\.defineProperty\(exports,["'`](\w+)["'`],\{enumerable:true,get:function\(\)\{return ([\w$]+)\}\}\)/g;
    for (const chunk of Object.values(bundle)) chunk.code = chunk.code?.replace(getter, 'exports.$1=$2');
  },
};

/** As the function that `bin/courier-jwt.cjs` calls: wrapped there, every start would copy the whole text. */
const wrapped = {
  name: 'wrapped',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) chunk.code = `(function (exports, require, module) {${chunk.code}\n})`;
  },
};

/** Runs in a process of its own, before the executable: keeps what V8 compiled of each file beside it. */
function keepCompiled() {
  const { writeFileSync: write } = require('node:fs');
  const vm = require('node:vm');
  const scripts = [];
  vm.Script = class extends vm.Script {
    constructor(source, options) {
      super(source, options);
      scripts.push({ script: this, path: `${options.filename}.cache` });
    }
  };
  process.on('exit', () => scripts.forEach(({ script, path }) => write(path, script.createCachedData())));
}

/** What these commands need is compiled at build time, and `bin/courier-jwt.cjs` starts with it. */
const compiledOnce = {
  name: 'compiled-once',
  async writeBundle() {
    const courier = createServer((_, response) => response.end(JSON.stringify({ token })));
    await new Promise((done) => courier.listen(0, '127.0.0.1', done));
    const env = { COURIER_API_KEY: 'pk_test_BUILD', COURIER_BASE_URL: `http://127.0.0.1:${courier.address().port}` };
    const script = `(${String(keepCompiled)})(); require('./bin/courier-jwt.cjs')`;
    const run = async (...argv) => {
      const options = { cwd: import.meta.dirname, env: { ...env, COURIER_JWT_CONFIG_DIR: '/nonexistent' } };
      const argvOfNode = ['-e', script, 'courier-jwt', ...argv];
      return new Promise((done) => execFile(process.execPath, argvOfNode, options, (_, stdout) => done(stdout)));
    };
    const token = (await run('issue', '--user', 'alice', '--env', 'local')).trim();
    await run('--help');
    await run('scopes');
    await run('decode', token);
    await run('check-scopes', token);
    await run('issue', '--user', 'alice');
    await run('env', 'list');
    // What fails says so, and that is often, too.
    await run('isue');
    courier.close();
  },
};

/** The package that a chunk is the way into: `conf`, `inquirer-prompts`; rolldown names it after its main file. */
function packageOf(moduleId) {
  const [, name] = /.*\/node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(moduleId ?? '') ?? [];
  return name?.replace('@', '').replace('/', '-');
}

export default defineConfig([
  {
    input: { main: 'src/main.ts' },
    platform: 'node',
    // Its CommonJS requires its own files in a way that no bundler sees.
    resolve: { alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' } },
    plugins: [
      leanCommander,
      noDebug,
      raw,
      plainExports,
      lazyOs,
      helpersInMain,
      ascii,
      requireBuiltins,
      wrapped,
      compiledOnce,
    ],
    output: {
      dir: 'dist/cli',
      format: 'cjs',
      // Without comments and white space it is read faster; names stay, for stack traces.
      minify: { compress: false, mangle: false },
      // bin requires a chunk itself, by its names.
      minifyInternalExports: false,
      cleanDir: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: ({ name, facadeModuleId }) => `chunks/${packageOf(facadeModuleId) ?? name}.cjs`,
      codeSplitting: {
        // What nearly every command needs, in one file: each file costs half a millisecond to find and read.
        groups: [
          {
            name: 'main',
            test: /src\/(main|cli|system|streams|errors|version|courier\/node-debug|environments\/(name|files|json-file|record|keychain.*))\.ts$/,
            priority: 3,
          },
          {
            name: 'minting',
            test: /src\/(courier\/(?!https|proxy|access|socket|many|response-reader)|environments\/(?!files|json-file|keep|lookup|name|variables|record|keychain.*|store)|emulator\/(mint|transport)|checks\/grant|commands\/(environment|network|mint|minting|issue|dry-run)\.)/,
            priority: 1,
          },
          {
            name: 'core',
            test: /node_modules\/(commander\/lib\/(?!help)|ms\/|jwt-decode\/)|src\/(report|memo|scopes|token\/(?!quick|place)|output\/(token-text|report-text|console|escape|paint|secrets|shell|times|messages\/findings)|checks\/(shape|subjects|time|expectations)|commands\/(program|options|table|argv|words|tools|read-token)|environments\/(variables|lookup))/,
            priority: 2,
          },
        ],
      },
    },
  },
  {
    input: {
      index: 'src/index.ts',
      'backend/index': 'src/backend/index.ts',
      'emulator/index': 'src/emulator/index.ts',
    },
    platform: 'node',
    external: ['graphql', 'https-proxy-agent', 'jwt-decode', 'ms', 'valibot', 'ws'],
    plugins: [requireBuiltins, commonJsTypes],
    output: { dir: 'dist/library-cjs', format: 'cjs', cleanDir: true, entryFileNames: '[name].js' },
  },
]);
