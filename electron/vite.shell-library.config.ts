import { defineConfig } from 'vite';
import { nodeModules } from './vite.external.ts';

// The library of the shell on simulated hosts: a script of its own beside the backend's, read when a shell is used
// first. It is larger than the backend, and most runs of Berth never need it.
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    outDir: '../dist/main',
    // build-program.mjs empties it.
    emptyOutDir: false,
    target: 'node20',
    minify: true,
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      input: { 'shell-library': 'just-bash/browser' },
      external: nodeModules,
      output: { entryFileNames: '[name].cjs', format: 'cjs', codeSplitting: false },
    },
  },
});
