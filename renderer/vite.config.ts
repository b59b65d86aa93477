import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** What the bundler says of a module, as far as it is needed here. */
interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

const start = /\/renderer\/frame\/start\.tsx$/;
const needed = new Map<string, boolean>();

/** Whether loading the program's first module loads this one too, be it shown or not. */
function isNeededAtStart(id: string, modules: Modules): boolean {
  const known = needed.get(id);
  if (known !== undefined) return known;
  // Said before the importers are asked, so that a circle inside a package ends.
  needed.set(id, false);
  const found =
    start.test(id) ||
    (modules.getModuleInfo(id)?.importers ?? []).some((importer) => isNeededAtStart(importer, modules));
  needed.set(id, found);
  return found;
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome130',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The chunk of the start is one on purpose.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // The page's first script uses them too, and must not wait for all of the start.
            { name: 'helpers', test: /^\0/, priority: 1 },
            {
              // Else what the start shares with screens that come later is cut into some thirty files, and each one
              // is an answer of the main process while that loads the backend.
              name: (id, modules) => (isNeededAtStart(id, modules) ? 'start' : null),
              debugName: 'start',
            },
          ],
        },
      },
    },
  },
});
