import { useCallback, useEffect, useState } from 'react';
import type { RequestChannel } from '#shared/ipc/channels.ts';
import type { RequestOf, ResponseOf } from '#shared/ipc/contract.ts';
import type { BerthError } from '#shared/result.ts';
import { client } from './client.ts';

/** What a screen knows of an answer that it asked for. */
export interface RequestState<Value> {
  /** The newest answer; the one before stays while a new one is awaited. */
  readonly value: Value | null;
  readonly error: BerthError | null;
  readonly loading: boolean;
  readonly reload: () => void;
}

/**
 * Asks for something that a screen shows, again whenever the request's content or `version` changes; `null` asks
 * nothing. Late answers to older requests are dropped.
 */
export function useRequest<Channel extends RequestChannel>(
  channel: Channel,
  request: RequestOf<Channel> | null,
  version: unknown = null,
): RequestState<ResponseOf<Channel>> {
  const [answer, setAnswer] = useState<Omit<RequestState<ResponseOf<Channel>>, 'reload'>>({
    value: null,
    error: null,
    loading: request !== null,
  });
  const [round, setRound] = useState(0);
  const text = request === null ? null : JSON.stringify(request);
  // biome-ignore lint/correctness/useExhaustiveDependencies: round and version only ask again
  useEffect(() => {
    if (text === null) {
      setAnswer({ value: null, error: null, loading: false });
      return undefined;
    }
    let current = true;
    setAnswer((before) => ({ ...before, loading: true }));
    void client.call(channel, JSON.parse(text) as RequestOf<Channel>).then((result) => {
      if (!current) return;
      if (result.ok) setAnswer({ value: result.value, error: null, loading: false });
      else setAnswer({ value: null, error: result.error, loading: false });
    });
    return () => {
      current = false;
    };
  }, [channel, text, round, version]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  return { ...answer, reload };
}
