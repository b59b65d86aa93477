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

/**
 * Serves the built renderer, each answer with the content security policy and no sniffing. The newer
 * `protocol.handle` first loads the classes of fetch and of web streams, some 50 ms in which the window stays empty.
 */
export function serveAppScheme(session: Session, root: string): void {
  const policy = contentSecurityPolicyHeader();
  session.protocol.registerBufferProtocol(appScheme, (request, answer) => {
    const file = fileOfAddress(root, request.url);
    const mediaType = file === null ? null : mediaTypeOf(file);
    if (request.method !== 'GET' || file === null || mediaType === null) {
      answer({ statusCode: 404 });
      return;
    }
    const headers = {
      'Content-Type': mediaType,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Cross-Origin-Opener-Policy': 'same-origin',
    };
    readFile(file).then(
      (data) => answer({ data, mimeType: mediaType, headers }),
      () => answer({ statusCode: 404 }),
    );
  });
}
