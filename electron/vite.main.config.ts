import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

const external = [
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
  'electron',
  '@photostructure/sqlite',
];

export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: ['electron', '@photostructure/sqlite'] },
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
      external,
      output: { entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js', format: 'es' },
    },
  },
});
