import { expect, test } from 'vitest';
import { describeMissing, packagesFor, parseLdd } from './system-packages.mjs';

const ldd = `\tlinux-vdso.so.1 (0x00007fda03e2e000)
\tlibffmpeg.so => /root/.cache/berth/electron/libffmpeg.so (0x00007fd9f8800000)
\tlibdl.so.2 => /lib/x86_64-linux-gnu/libdl.so.2 (0x00007fda03e18000)
\tlibz.so.1 => /usr/lib/libz.so.1 (0x00007fda03e18000)
\tlibgbm.so.1 => not found
\tlibasound.so.2 => not found
\t/lib64/ld-linux-x86-64.so.2 (0x00007fda03e30000)
`;

test('ldd: libraries of the machine, and what is missing', () => {
  expect(parseLdd(ldd)).toEqual({
    found: ['/lib/x86_64-linux-gnu/libdl.so.2', '/usr/lib/libz.so.1'],
    missing: ['libgbm.so.1', 'libasound.so.2'],
  });
});

test('nothing missing asks for no package', () => {
  expect(packagesFor({ libraries: [], fonts: false, display: false })).toEqual([]);
});

test('only what is missing is asked for', () => {
  expect(packagesFor({ libraries: [], fonts: false, display: true })).toEqual(['xvfb', 'xauth']);
  expect(packagesFor({ libraries: ['libgbm.so.1'], fonts: true, display: false })).toEqual([
    'libgtk-3-0',
    'libnss3',
    'libasound2',
    'libgbm1',
    'fonts-liberation',
  ]);
});

test('newer Debian and Ubuntu call some packages t64', () => {
  const known = new Set(['libgtk-3-0t64', 'libasound2t64']);
  const missing = { libraries: ['libgtk-3.so.0'], fonts: false, display: false };
  expect(packagesFor(missing, (name) => known.has(name))).toEqual([
    'libgtk-3-0t64',
    'libnss3',
    'libasound2t64',
    'libgbm1',
  ]);
});

test.each([
  [{ libraries: ['libgbm.so.1'], fonts: false, display: false }, 'the library libgbm.so.1'],
  [{ libraries: ['a', 'b'], fonts: false, display: true }, 'the libraries a, b and a virtual display (Xvfb)'],
  [{ libraries: ['a', 'b', 'c', 'd'], fonts: false, display: false }, '4 libraries (a, b, …)'],
  [{ libraries: ['a'], fonts: true, display: true }, 'the library a, a font and a virtual display (Xvfb)'],
])('what is missing in words: %o', (missing, words) => {
  expect(describeMissing(missing)).toBe(words);
});
