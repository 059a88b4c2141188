import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';

/**
 * commander as ES modules, which are scanned once where CommonJS in a bundle is scanned twice, and without the
 * child_process that it loads for a feature that is not used here: together a tenth of the start-up.
 */
const leanCommander = {
  name: 'lean-commander',
  resolveId: (id) => (id === 'commander' ? '\0commander' : null),
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
      .replaceAll('childProcess.spawn', "require('node:child_process').spawn")
      .replace(/^const (\{.*\}) = require\('(\.\/.*?)(?:\.js)?'\);/gm, "import $1 from '$2.js';")
      .replace(/^exports\.(\w+) = \1;/gm, 'export { $1 };');
    if (/\brequire\('\.|\bexports\b|childProcess/.test(module)) throw new Error(`commander changed: ${id}`);
    return { code: module, moduleType: 'js' };
  },
};

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

/** `import('node:http')` takes Node's loader of ES modules, which costs 3 ms more than `require`. */
const requireBuiltins = {
  name: 'require-builtins',
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle))
      chunk.code = chunk.code?.replace(/\bimport\((`node:\w+`)\)/g, 'Promise.resolve().then(()=>require($1))');
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
    plugins: [leanCommander, noDebug, helpersInMain, ascii, requireBuiltins],
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
            test: /src\/(main|cli|system|streams|errors|version|environments\/(name|files|record|keychain.*))\.ts$/,
            priority: 3,
          },
          {
            name: 'minting',
            test: /src\/(courier\/(?!https|proxy)|environments\/(?!files|keep|lookup|name|variables|record|keychain.*|store)|emulator|checks\/grant|commands\/(environment|mint|issue)\.)/,
            priority: 1,
          },
          {
            name: 'core',
            test: /node_modules\/(commander|ms|jwt-decode)\/|src\/(report|scopes|token|output\/(?!prompts|token-text|report-text|scopes-text|messages\/failures)|checks|commands\/(program|options|suggest|table|words|tools|read-token)|environments\/(variables|lookup))/,
            priority: 2,
          },
        ],
      },
    },
  },
  {
    input: { index: 'src/index.ts' },
    platform: 'node',
    external: ['jwt-decode', 'ms', 'https-proxy-agent'],
    plugins: [commonJsTypes],
    output: { dir: 'dist/library-cjs', format: 'cjs', cleanDir: true, entryFileNames: '[name].js' },
  },
]);
