import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from './test-support/property-runs.ts';
import { visibleText } from './visible-text.ts';

const nasty = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\u001b',
      '\u009b',
      '\u0007',
      '\r',
      '\u007f',
      '\u202e',
      '\u2066',
      '\u200f',
      '\u2028',
      '\ufeff',
    ),
    fc.constantFrom('\n', '\t', 'a', 'ä', '字', '😀', '"', '\\'),
  ),
});

describe('text that may come from anywhere', () => {
  it('shows what a terminal would obey and what turns the direction of reading', () => {
    expect(visibleText('\u001b[2Jgone \u202egnp.exe\u009b1m')).toBe('\\u001b[2Jgone \\u202egnp.exe\\u009b1m');
    expect(visibleText('one\ttwo\nthree – ä字😀')).toBe('one\ttwo\nthree – ä字😀');
  });

  it('leaves nothing of the kind, and nothing else changes', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const shown = visibleText(text);
        // Every kind of control and format character of Unicode but tab and line feed; a joined emoji has none here.
        expect(shown.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
        expect(visibleText(shown)).toBe(shown);
      }),
      { numRuns: numRuns(500, 20_000) },
    );
  });

  it('keeps a JSON text what it means', () => {
    fc.assert(
      fc.property(fc.jsonValue(), nasty, (value, text) => {
        const json = JSON.stringify({ value, text });
        expect(JSON.parse(visibleText(json))).toEqual(JSON.parse(json));
      }),
      { numRuns: numRuns(200, 5000) },
    );
  });
});
