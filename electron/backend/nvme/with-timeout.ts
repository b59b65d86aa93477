import { fail, type Result } from '#shared/result.ts';
import type { Clock } from '../ports.ts';
import { systemClock } from '../system-clock.ts';

/**
 * Waits at most `milliseconds` for an answer. A device may never answer (Identify of a VF that was taken offline under
 * its driver hangs for more than 20 s), and discovery must not hang with it. Discovery counts on the machine's clock,
 * which never stands still; a procedure on the clock of its fleet, so that nothing times out while that is paused.
 */
export async function withTimeout<T>(
  answer: Promise<Result<T>>,
  milliseconds: number,
  about: { readonly object: string; readonly what: string },
  clock: Clock = systemClock,
): Promise<Result<T>> {
  const answered = new AbortController();
  const { object, what } = about;
  const timeout = clock
    .sleep(milliseconds, { signal: answered.signal, what: `timeout of ${what} to ${object}` })
    .then(
      (): Result<T> =>
        fail('device-timeout', `${what} got no answer within ${milliseconds} ms.`, {
          object,
          fix: 'Check the controller (nvme reset), then read it again.',
        }),
    );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    answered.abort();
  }
}
