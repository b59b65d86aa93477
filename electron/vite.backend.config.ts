import { defineConfig } from 'vite';
import { installedModules, nodeModules } from './vite.external.ts';

const external = [...installedModules, 'just-bash/browser'];

// One script and not a module, so that V8's compiled code of it can be kept beside it (setup/compile-backend.mjs,
// shell/compiled-script.ts). The whole file is one function expression, with the arguments of a CommonJS module. What is
// imported when it is used is a CommonJS module of its own, which no start reads.
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external },
  build: {
    ssr: true,
    outDir: '../dist/main',
    // build-program.mjs empties it: main and the command line are built into the same folder.
    emptyOutDir: false,
    target: 'node20',
    minify: true,
    sourcemap: true,
    // One script on purpose.
    chunkSizeWarningLimit: 1100,
    rolldownOptions: {
      input: { backend: 'shell/start-backend.ts' },
      external: [...nodeModules, ...external],
      output: {
        entryFileNames: '[name].script.js',
        // Beside the script, as the library of the shell is, so that all are required by the same path.
        chunkFileNames: 'backend-[name]-[hash].cjs',
        format: 'cjs',
        // The script is no module: what it reads later, it requires.
        dynamicImportInCjs: false,
        paths: { 'just-bash/browser': './shell-library.cjs' },
        postBanner: ({ isEntry }) =>
          isEntry ? '(function (exports, require, module, __filename, __dirname) {' : '',
        postFooter: ({ isEntry }) => (isEntry ? '})' : ''),
      },
    },
  },
});
