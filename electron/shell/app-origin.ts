import path from 'node:path';

/** Checklist items 1 and 18: the program is served from its own scheme and host, never from file://. */
export const appScheme = 'app';
export const appHost = 'berth';
export const appOrigin = `${appScheme}://${appHost}`;

/** True for addresses of the program itself. Everything else is refused, by navigation, redirect, request or sender. */
export function isOwnAddress(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${appScheme}:` && url.host === appHost;
  } catch {
    return false;
  }
}

/**
 * The file that an address of the program stands for, or null when it would leave `root` (checklist item 18: path
 * traversal, encoded or not).
 */
export function fileOfAddress(root: string, address: string): string | null {
  if (!isOwnAddress(address)) return null;
  let name: string;
  try {
    name = decodeURIComponent(new URL(address).pathname);
  } catch {
    return null;
  }
  if (name.includes('\0') || name.includes('\\')) return null;
  const file = path.resolve(root, `.${name === '/' ? '/index.html' : name}`);
  return file.startsWith(root + path.sep) ? file : null;
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Media type by extension, or null for files that the program does not serve. */
export function mediaTypeOf(file: string): string | null {
  return mediaTypes[path.extname(file).toLowerCase()] ?? null;
}
