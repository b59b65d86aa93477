import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const renderer = path.resolve(import.meta.dirname, '../../../renderer');
const files = readdirSync(renderer, { recursive: true, encoding: 'utf8' }).map((file) =>
  file.replaceAll(path.sep, '/'),
);
const read = (file: string) => readFileSync(path.join(renderer, file), 'utf8');

/** Classes that a value chooses: `styles[tone]`. Every other use names its class. */
const chosen: Readonly<Record<string, readonly string[]>> = {
  'ui/content/small.tsx': ['online', 'warning', 'error', 'accent'],
  'ui/content/states.tsx': ['infoBanner', 'warningBanner', 'errorBanner'],
  'ui/controls/button.tsx': ['primary', 'danger', 'quiet', 'link'],
  'ui/overlays/notice-area.tsx': ['info', 'success', 'warning', 'error'],
  'ui/overlays/notice-bell.tsx': ['info', 'success', 'warning', 'error'],
  'migration/run/phases-bar.tsx': ['done', 'running', 'failed', 'undone'],
};

/** Classes in the selectors of a style sheet; one that another `composes` is used by it. */
function classesOf(css: string): { readonly defined: Set<string>; readonly composed: Set<string> } {
  const text = css.replace(/\/\*.*?\*\//gs, '');
  const selectors = [...text.matchAll(/([^{};]*)\{/g)].map(([, selector = '']) => selector);
  const defined = selectors.flatMap((selector) =>
    [...selector.matchAll(/\.([A-Za-z][\w-]*)/g)].map(([, name = '']) => name),
  );
  const composed = [...text.matchAll(/composes:\s*([\w-]+)\s*;/g)].map(([, name = '']) => name);
  return { defined: new Set(defined), composed: new Set(composed) };
}

/** The style sheets that a source file imports, with the classes that it takes from each. */
function usesOf(file: string): readonly { readonly file: string; sheet: string; used: readonly string[] }[] {
  const source = read(file);
  return [...source.matchAll(/^import (\w+) from '([^']+\.module\.css)';$/gm)].map(
    ([, name = '', target = '']) => {
      const used = [...source.matchAll(new RegExp(`\\b${name}\\.(\\w+)`, 'g'))].map(([, one = '']) => one);
      const byValue = new RegExp(`\\b${name}\\[`).test(source) ? chosen[file] : [];
      expect(byValue, `${file} chooses a class by a value: name its classes in this test`).toBeDefined();
      const sheet = path.posix.join(path.posix.dirname(file), target);
      return { file, sheet, used: [...used, ...(byValue ?? [])] };
    },
  );
}

test('every class of a CSS module is used, and every class that is used exists', () => {
  const sheets = files
    .filter((file) => file.endsWith('.module.css'))
    .map((file) => ({ file, ...classesOf(read(file)) }));
  const uses = files.filter((file) => /\.tsx?$/.test(file) && !/\.test\.tsx?$/.test(file)).flatMap(usesOf);
  expect(sheets.length).toBeGreaterThan(20);
  expect(uses.length).toBeGreaterThan(sheets.length);
  const unused: string[] = [];
  for (const { file, defined, composed } of sheets) {
    const used = new Set(uses.filter(({ sheet }) => sheet === file).flatMap((use) => use.used));
    for (const name of defined) if (!used.has(name) && !composed.has(name)) unused.push(`${file}: ${name}`);
  }
  const missing = uses.flatMap(({ file, sheet, used }) => {
    const { defined } = sheets.find((one) => one.file === sheet) ?? {};
    return used.filter((name) => defined?.has(name) !== true).map((name) => `${file}: ${name}`);
  });
  expect({ unused, missing }).toEqual({ unused: [], missing: [] });
});
