import { defineConfig } from 'vite';

// A sandboxed preload cannot be an ES module, so this world is bundled alone, as one CommonJS file.
export default defineConfig({
  root: import.meta.dirname,
  publicDir: false,
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    outDir: '../dist/preload',
    emptyOutDir: true,
    target: 'node20',
    minify: false,
    rolldownOptions: {
      input: { preload: 'preload.ts' },
      external: ['electron'],
      output: { entryFileNames: '[name].cjs', format: 'cjs' },
    },
  },
});
