import { defineConfig } from 'vite';
import { installedModules, nodeModules } from './vite.external.ts';

const external = [...installedModules, 'just-bash/browser'];

// One script and not a module, so that V8's compiled code of it can be kept beside it (setup/compile-backend.mjs,
// shell/compiled-script.ts). The whole file is one function expression, with the arguments of a CommonJS module.
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
    chunkSizeWarningLimit: 1000,
    rolldownOptions: {
      input: { backend: 'shell/start-backend.ts' },
      external: [...nodeModules, ...external],
      output: {
        entryFileNames: '[name].script.js',
        format: 'cjs',
        codeSplitting: false,
        // The script is no module: what it reads later, it requires (vite.shell-library.config.ts).
        dynamicImportInCjs: false,
        paths: { 'just-bash/browser': './shell-library.cjs' },
        postBanner: '(function (exports, require, module, __filename, __dirname) {',
        postFooter: '})',
      },
    },
  },
});
