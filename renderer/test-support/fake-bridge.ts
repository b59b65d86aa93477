import type { Bridge } from '#shared/ipc/bridge.ts';
import type { EventChannel, RequestChannel } from '#shared/ipc/channels.ts';
import type { EventOf, RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import { fail, type Result } from '#shared/result.ts';

type Answers = {
  [Channel in RequestChannel]?: (request: RequestOf<Channel>) => Result<ResponseOf<Channel>>;
};

/** A `window.berth` for tests: answers what it was given, remembers every request, and can send events. */
export interface FakeBridge {
  readonly requests: { readonly channel: RequestChannel; readonly request: unknown }[];
  emit<Channel extends EventChannel>(channel: Channel, event: EventOf<Channel>): void;
}

export function installFakeBridge(answers: Answers): FakeBridge {
  const listeners = new Map<EventChannel, Set<(event: unknown) => void>>();
  const requests: { channel: RequestChannel; request: unknown }[] = [];
  const bridge: Bridge = {
    request: async (channel, request) => {
      requests.push({ channel, request });
      const answer = answers[channel] as ((request: unknown) => Result<unknown>) | undefined;
      return answer?.(request) ?? fail('not-supported', `The test gave no answer for ${channel}`);
    },
    listen: (channel, listener) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener));
      return () => set.delete(listener);
    },
    pathForFile: () => '',
  };
  Object.defineProperty(window, 'berth', { value: bridge, configurable: true });
  return {
    requests,
    emit: (channel, event) => {
      for (const listener of listeners.get(channel) ?? []) listener(event);
    },
  };
}
