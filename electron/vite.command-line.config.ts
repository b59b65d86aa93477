import { builtinModules } from 'node:module';
import { defineConfig } from 'vite';

const external = [
  ...builtinModules,
  ...builtinModules.map((name) => `node:${name}`),
  'electron',
  '@photostructure/sqlite',
];

// Built apart from main.ts: what both share would be cut into many small files, and reading each costs start-up time.
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: ['electron', '@photostructure/sqlite'] },
  build: {
    ssr: true,
    outDir: '../dist/main',
    emptyOutDir: false,
    target: 'node20',
    minify: true,
    sourcemap: true,
    // The shell's library is one chunk, read when a shell is used.
    chunkSizeWarningLimit: 1600,
    rolldownOptions: {
      input: { berth: 'command-line/berth.ts' },
      external,
      output: { entryFileNames: '[name].js', chunkFileNames: 'berth-chunks/[name]-[hash].js', format: 'es' },
    },
  },
});
