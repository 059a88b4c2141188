import { cpSync, writeFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

/** commander loads child_process for a feature that is not used here: a twentieth of the start-up. */
const lazyChildProcess = {
  name: 'lazy-child-process',
  transform(code, id) {
    if (!id.endsWith('commander/lib/command.js')) return null;
    const lazy = code
      .replace("const childProcess = require('node:child_process');", '')
      .replaceAll('childProcess.spawn', "require('node:child_process').spawn");
    if (lazy === code) throw new Error('commander changed: child_process is loaded at start-up again');
    return { code: lazy };
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
    cpSync('dist/library', 'dist/library-cjs', { recursive: true, filter: (path) => !/\.js$/.test(path) });
    writeFileSync('dist/library-cjs/package.json', '{ "type": "commonjs" }\n');
  },
};

export default defineConfig([
  {
    input: { cli: 'src/cli.ts', system: 'src/system.ts' },
    platform: 'node',
    plugins: [lazyChildProcess, noDebug],
    output: {
      dir: 'dist/cli',
      format: 'cjs',
      cleanDir: true,
      entryFileNames: '[name].cjs',
      chunkFileNames: 'chunks/[name]-[hash].cjs',
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
