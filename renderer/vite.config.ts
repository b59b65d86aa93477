import react from '@vitejs/plugin-react';
import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

/** What the bundler says of a module, as far as it is needed here. */
interface Modules {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** Answers whether loading one of these modules loads this one too, be it shown or not. */
function neededBy(roots: RegExp): (id: string, modules: Modules) => boolean {
  const needed = new Map<string, boolean>();
  return function isNeeded(id: string, modules: Modules): boolean {
    const known = needed.get(id);
    if (known !== undefined) return known;
    // Said before the importers are asked, so that a circle inside a package ends.
    needed.set(id, false);
    const found =
      roots.test(id) ||
      (modules.getModuleInfo(id)?.importers ?? []).some((importer) => isNeeded(importer, modules));
    needed.set(id, found);
    return found;
  };
}

const isNeededAtStart = neededBy(/\/renderer\/frame\/start\.tsx$/);
/** What the topology shows around the graph as soon as the graph answers. */
const isNeededAround = neededBy(
  /\/renderer\/(trace\/dock|inspector\/inspector|actions\/selection-commands)\.tsx$/,
);

/**
 * Names the program's first module and its styles in the page, so that they are there when the empty frame is painted
 * and the page asks for them: by then the main process loads the backend and answers nobody. And the typeface of the
 * frame, whose words are not painted before it is there.
 */
function fetchStartEarly(): Plugin {
  return {
    name: 'fetch-start-early',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle = {} }) {
        const chunks = Object.values(bundle).flatMap((output) => (output.type === 'chunk' ? [output] : []));
        const first = chunks.find((chunk) => chunk.name === 'start');
        if (first === undefined)
          throw new Error('renderer/vite.config.ts: the build has no chunk named start');
        const scripts = [first.fileName, ...first.imports].filter((file) => !html.includes(file));
        const styles = [...(first.viteMetadata?.importedCss ?? [])];
        const typefaces = Object.keys(bundle).filter((file) => /\/inter-.*\.woff2$/.test(file));
        return [
          ...typefaces.map((file) => early(file, { rel: 'preload', as: 'font' })),
          ...scripts.map((file) => early(file, { rel: 'modulepreload' })),
          ...styles.map((file) => early(file, { rel: 'preload', as: 'style' })),
        ];
      },
    },
  };
}

function early(file: string, attributes: Readonly<Record<string, string>>): HtmlTagDescriptor {
  return {
    tag: 'link',
    attrs: { ...attributes, crossorigin: true, href: `./${file}` },
    injectTo: 'head',
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react(), fetchStartEarly()],
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
            { name: 'helpers', test: /^\0/, priority: 3 },
            // Else what the start shares with screens that come later is cut into some thirty files, and each one is
            // an answer of the main process while that loads the backend. A group takes what its modules import, too:
            // the start before what stands around the graph.
            {
              name: (id, modules) => (isNeededAtStart(id, modules) ? 'start' : null),
              debugName: 'start',
              priority: 2,
            },
            {
              name: (id, modules) => (isNeededAround(id, modules) ? 'around' : null),
              debugName: 'around',
              priority: 1,
            },
          ],
        },
      },
    },
  },
});
