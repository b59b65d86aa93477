import { readFile } from 'node:fs/promises';
import { protocol, type Session } from 'electron';
import { appScheme, fileOfAddress, mediaTypeOf } from './app-origin.ts';
import { contentSecurityPolicyHeader } from './security/content-security-policy.ts';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    {
      scheme: appScheme,
      privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
    },
  ]);
}

/** Serves the built renderer, each answer with the content security policy and no sniffing. */
export function serveAppScheme(session: Session, root: string): void {
  const policy = contentSecurityPolicyHeader();
  session.protocol.handle(appScheme, async (request) => {
    const file = fileOfAddress(root, request.url);
    const mediaType = file === null ? null : mediaTypeOf(file);
    if (request.method !== 'GET' || file === null || mediaType === null)
      return new Response(null, { status: 404 });
    try {
      const body = await readFile(file);
      return new Response(new Uint8Array(body), {
        headers: {
          'Content-Type': mediaType,
          'Content-Security-Policy': policy,
          'X-Content-Type-Options': 'nosniff',
          'Cross-Origin-Opener-Policy': 'same-origin',
        },
      });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}
