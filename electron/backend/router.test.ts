import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestChannels } from '#shared/ipc/channels.ts';
import { succeed } from '#shared/result.ts';
import { defaultSettings } from '#shared/settings/defaults.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { createRouter } from './router.ts';
import { createTestLog } from './test-support/test-clock.ts';

type AllHandlers = Parameters<typeof createRouter>[0];

/** Handlers that must not be reached, but for the given ones. */
function handlersWith(some: Partial<AllHandlers>): AllHandlers {
  const unexpected = Object.fromEntries(
    requestChannels.map((channel) => [
      channel,
      async () => {
        throw new Error(`${channel} was reached`);
      },
    ]),
  );
  return { ...(unexpected as unknown as AllHandlers), ...some };
}

describe('the router', () => {
  it('refuses channels that do not exist, whatever is sent as one', async () => {
    const route = createRouter(handlersWith({}), createTestLog());
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constant('__proto__'), fc.anything()), async (channel) => {
        const answer = await route(channel, {});
        expect(answer.ok ? null : answer.error.code).toBe('invalid-request');
      }),
      { numRuns: numRuns(50, 500), examples: [[{ toString: false }]] },
    );
  });

  it('names the field that is wrong, and does not call the handler', async () => {
    const log = createTestLog();
    const route = createRouter(handlersWith({}), log);
    const answer = await route('procedure:plan', {
      intent: { kind: 'set-vf-count', primaryIds: ['a'], count: -1 },
    });
    expect(answer.ok ? null : answer.error).toMatchObject({
      code: 'invalid-request',
      object: 'procedure:plan',
      field: 'intent.count',
    });
    expect((await route('history:list', null)).ok).toBe(false);
    expect(log.lines).toEqual([]);
  });

  it('passes only what the schema knows', async () => {
    const seen: unknown[] = [];
    const route = createRouter(
      handlersWith({
        'settings:set': async (request) => {
          seen.push(request);
          return succeed(defaultSettings);
        },
      }),
      createTestLog(),
      { checkResponses: true },
    );
    expect(await route('settings:set', { theme: 'dark', sneaky: true })).toEqual(succeed(defaultSettings));
    expect(seen).toEqual([{ theme: 'dark' }]);
  });

  it('answers internal and logs the cause when a handler throws or breaks the contract', async () => {
    const log = createTestLog();
    const route = createRouter(
      handlersWith({ 'settings:get': async () => succeed({ ...defaultSettings, theme: 'pink' } as never) }),
      log,
      { checkResponses: true },
    );
    for (const channel of ['fleet:snapshot', 'settings:get']) {
      const answer = await route(channel, {});
      expect(answer.ok ? null : answer.error).toMatchObject({ code: 'internal', object: channel });
    }
    expect(log.lines).toHaveLength(2);
    expect(log.lines[0]).toContain('fleet:snapshot was reached');
  });
});
