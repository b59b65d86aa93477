import { fail, type Result } from '#shared/result.ts';

/**
 * Waits at most `milliseconds` for an answer. A device may never answer (Identify of a VF that was taken offline under
 * its driver hangs for more than 20 s), and discovery must not hang with it.
 */
export async function withTimeout<T>(
  answer: Promise<Result<T>>,
  milliseconds: number,
  about: { readonly object: string; readonly what: string },
): Promise<Result<T>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<Result<T>>((resolve) => {
    timer = setTimeout(() => {
      resolve(
        fail('device-timeout', `${about.what} had no answer within ${milliseconds} ms.`, {
          object: about.object,
          fix: 'Check the controller (nvme reset), then read it again.',
        }),
      );
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
