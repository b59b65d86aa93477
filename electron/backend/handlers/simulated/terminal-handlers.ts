import { fail, succeed } from '#shared/result.ts';
import type { Terminals } from '../../terminal/terminals.ts';
import type { Handlers } from '../handler.ts';

export type TerminalChannel =
  | 'terminal:open'
  | 'terminal:type'
  | 'terminal:shown'
  | 'terminal:resize'
  | 'terminal:close';

export function createTerminalHandlers(terminals: Terminals): Handlers<TerminalChannel> {
  return {
    'terminal:open': (wish) => terminals.open(wish),
    'terminal:type': async ({ sessionId, data }) => {
      const session = terminals.session(sessionId);
      if (!session.ok) return session;
      if (session.value.type(data)) return succeed({});
      return fail('busy', 'Too much is typed ahead while a line runs.', {
        fix: 'Wait until it has ended, or stop it with Ctrl C.',
      });
    },
    'terminal:shown': async ({ sessionId, characters }) => {
      const session = terminals.session(sessionId);
      // What is still on its way to the page when a shell ends is shown as well.
      if (session.ok) session.value.shown(characters);
      return succeed({});
    },
    'terminal:resize': async ({ sessionId, ...size }) => {
      const session = terminals.session(sessionId);
      if (!session.ok) return session;
      session.value.resize(size);
      return succeed({});
    },
    'terminal:close': async ({ sessionId }) => {
      const session = terminals.session(sessionId);
      if (session.ok) session.value.close();
      return succeed({});
    },
  };
}
