import { defineConfig } from 'vite';
import { installedModules, nodeModules } from './vite.external.ts';

// Built apart from main.ts: what both share would be cut into many small files, and reading each costs start-up time.
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: installedModules },
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
      external: [...nodeModules, ...installedModules],
      output: { entryFileNames: '[name].js', chunkFileNames: 'berth-chunks/[name]-[hash].js', format: 'es' },
    },
  },
});
