import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { fileOfAddress, isOwnAddress, mediaTypeOf } from './app-origin.ts';
import { sourceOfArguments } from './open-argument.ts';
import { isTrustedSender } from './security/sender-check.ts';
import { parseWindowState, usableBounds } from './window/window-bounds.ts';

describe('addresses of the program', () => {
  it('takes only its own scheme and host', () => {
    expect(isOwnAddress('app://berth/index.html')).toBe(true);
    for (const foreign of [
      'app://other/',
      'https://berth/',
      'file:///etc/passwd',
      'app:',
      'javascript:1',
      '',
    ]) {
      expect(isOwnAddress(foreign), foreign).toBe(false);
    }
  });

  it('never leaves the folder it serves, however the path is written', () => {
    const segments = fc.array(
      fc.constantFrom('..', '.', '%2e%2e', '%2E.', '%2f', '%5c', '\\', 'a', 'index.html', '%00'),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(segments, fc.constantFrom('/', '//', '/./'), (parts, glue) => {
        const file = fileOfAddress('/srv/page', `app://berth/${parts.join(glue)}`);
        expect(file === null || file.startsWith('/srv/page/')).toBe(true);
      }),
      { numRuns: numRuns(2000, 20_000) },
    );
    expect(fileOfAddress('/srv/page', 'app://berth/')).toBe('/srv/page/index.html');
    expect(fileOfAddress('/srv/page', 'app://berth/assets/a.js?x#y')).toBe('/srv/page/assets/a.js');
    expect(fileOfAddress('/srv/page', 'app://berth/%2e%2e%2fsecret')).toBeNull();
    expect(fileOfAddress('/srv/page', 'app://berth/%E0%A4%A')).toBeNull();
  });

  it('serves only media types that it knows', () => {
    expect(mediaTypeOf('/srv/page/index.html')).toContain('text/html');
    expect(mediaTypeOf('/srv/page/key.pem')).toBeNull();
  });
});

describe('sender of a request', () => {
  const good = { senderId: 7, frameUrl: 'app://berth/index.html', isMainFrame: true };
  it('is the main frame of the one window on its own page', () => {
    expect(isTrustedSender(good, 7)).toBe(true);
    expect(isTrustedSender(good, 8)).toBe(false);
    expect(isTrustedSender(good, null)).toBe(false);
    expect(isTrustedSender({ ...good, isMainFrame: false }, 7)).toBe(false);
    expect(isTrustedSender({ ...good, frameUrl: 'https://example.org/' }, 7)).toBe(false);
    expect(isTrustedSender({ ...good, frameUrl: null }, 7)).toBe(false);
  });
});

describe('remembered bounds', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1080 };
  it('are taken when a grabbable part lies on a display', () => {
    const bounds = { x: 100, y: 50, width: 1200, height: 800 };
    expect(usableBounds(bounds, [display])).toEqual(bounds);
  });
  it('are dropped when the display is gone', () => {
    expect(usableBounds({ x: 3000, y: 50, width: 1200, height: 800 }, [display])).toBeNull();
    expect(usableBounds({ x: 1900, y: 50, width: 1200, height: 800 }, [display])).toBeNull();
    expect(usableBounds({ x: 100, y: -500, width: 1200, height: 800 }, [display])).toBeNull();
    expect(usableBounds(null, [display])).toBeNull();
  });
  it('never exceed the display nor fall below the smallest size', () => {
    expect(usableBounds({ x: 0, y: 0, width: 9000, height: 9000 }, [display])).toMatchObject({
      width: 1920,
      height: 1080,
    });
    expect(usableBounds({ x: 0, y: 0, width: 200, height: 200 }, [display])).toMatchObject({
      width: 900,
      height: 600,
    });
  });
  it('survive nonsense in the file, field by field', () => {
    const parsed = parseWindowState({ bounds: { x: 'a' }, maximized: 3, theme: 'dark' });
    expect(parsed).toEqual({ bounds: null, maximized: false, theme: 'dark' });
    expect(parseWindowState(null)).toEqual({ bounds: null, maximized: false, theme: 'system' });
    const state = {
      bounds: { x: -5, y: 0, width: 900, height: 700 },
      maximized: true,
      theme: 'light',
    } as const;
    expect(parseWindowState(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(parseWindowState({ ...state, bounds: { ...state.bounds, width: 0 } }).bounds).toBeNull();
  });
});

describe('source on the command line', () => {
  const program = { packaged: false, path: '/opt/berth' };
  it('is the first word after the program', () => {
    const argv = [
      '/usr/bin/electron',
      '-r',
      '/x/loader.js',
      '--inspect=0',
      '/opt/berth',
      '--no-sandbox',
      'rack',
    ];
    expect(sourceOfArguments(argv, program, '/')).toBe('rack');
    expect(sourceOfArguments(['/usr/bin/electron', '.', 'a'], program, '/opt/berth')).toBe('a');
    expect(sourceOfArguments(argv.slice(0, 6), program, '/')).toBeNull();
    expect(
      sourceOfArguments(['/opt/berth/berth', 'f.json'], { packaged: true, path: '/opt/berth/app.asar' }, '/'),
    ).toBe('f.json');
  });
});
