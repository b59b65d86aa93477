import { defineConfig } from 'vite';
import { installedModules, nodeModules } from './vite.external.ts';

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: installedModules },
  build: {
    ssr: true,
    outDir: '../dist/main',
    // build-program.mjs empties it: the command line is built into the same folder.
    emptyOutDir: false,
    target: 'node20',
    minify: true,
    sourcemap: true,
    rolldownOptions: {
      input: { main: 'main.ts' },
      external: [...nodeModules, ...installedModules],
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', format: 'es' },
    },
  },
});
