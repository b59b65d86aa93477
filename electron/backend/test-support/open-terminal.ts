import type { EventOf, RequestOf } from '#shared/ipc/contract.ts';
import { systemClock } from '../system-clock.ts';
import type { openSimulatedBackend } from './simulated-backend.ts';

type Backend = Awaited<ReturnType<typeof openSimulatedBackend>>;

/** A terminal as the page has it: what it prints without colours, and keys. `takes`: the page shows what arrives. */
export async function openTestTerminal(
  backend: Backend,
  hostId = 'hv-a',
  {
    takes = true,
    ...where
  }: { readonly takes?: boolean } & Pick<RequestOf<'terminal:open'>, 'nvme' | 'rehearsalId'> = {},
) {
  const size = { columns: 120, rows: 30 };
  const { sessionId } = await backend.ask('terminal:open', { hostId, ...where, ...size });
  const output = () => {
    const pieces = backend.events.flatMap(({ channel, event }) =>
      channel === 'terminal:output' ? [event as EventOf<'terminal:output'>] : [],
    );
    return pieces.filter((piece) => piece.sessionId === sessionId).map(({ data }) => data);
  };
  let shown = 0;
  const text = () =>
    output()
      .join('')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences of a terminal
      .replace(/\x1b\[[0-9;]*[A-Za-z]/g, '');
  /** Waits until what it printed behind `from` holds words. */
  const until = async (words: string | RegExp, from = 0): Promise<string> => {
    for (;;) {
      if (takes) {
        const waiting = output().join('').length - shown;
        if (waiting > 0) await backend.ask('terminal:shown', { sessionId, characters: waiting });
        shown += waiting;
      }
      const now = text().slice(from);
      if (typeof words === 'string' ? now.includes(words) : words.test(now)) return now;
      await systemClock.sleep(5);
    }
  };
  const type = (data: string) => backend.ask('terminal:type', { sessionId, data });
  /** Runs a line; answers what it printed, up to the next prompt. */
  const run = async (line: string): Promise<string> => {
    const before = text().length;
    await type(`${line}\r`);
    const printed = await until(/\n[^\n]*root@[^\n]* # $/, before);
    return printed.slice(printed.indexOf('\n') + 1, printed.lastIndexOf('root@')).replaceAll('\r', '');
  };
  await until('# ');
  return { sessionId, output, text, until, type, run };
}
