import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import type { EventOf, RequestOf } from '#shared/ipc/contract.ts';
import type { NvmeCliRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { systemClock } from '../system-clock.ts';
import { openSimulatedBackend } from './simulated-backend.ts';

type GoOn = Omit<RequestOf<'rehearsal:go-on'>, 'id'>;

export const goOnToEnd: GoOn = { how: 'on', pauseBeforeInterruption: true, skip: 'no' };
export const goOneStep: GoOn = { ...goOnToEnd, how: 'step' };

/** A rehearsal on `two-hosts`; `go` goes on, and answers where it stands then. */
export async function rehearse(lines: readonly string[], nvme: NvmeCliRelease = '2.3') {
  const backend = await openSimulatedBackend();
  const started = await backend.ask('rehearsal:start', {
    name: 'tenant.sh',
    text: lines.join('\n'),
    hostId: 'hv-a',
    nvme,
  });
  const { id } = started;
  const newest = (): Rehearsal =>
    backend.events
      .flatMap(({ channel, event }) =>
        channel === 'rehearsal:changed' ? [event as EventOf<'rehearsal:changed'>] : [],
      )
      .findLast((each) => each.id === id) ?? started;
  /** Goes on, and answers where it stands then. */
  const go = async (goOn: GoOn): Promise<Rehearsal> => {
    const seen = backend.events.length;
    await backend.ask('rehearsal:go-on', { id, ...goOn });
    for (;;) {
      const fresh = backend.events.slice(seen).some(({ channel }) => channel === 'rehearsal:changed');
      const { status } = newest();
      if (fresh && (status === 'paused' || status === 'ended')) {
        // What changed last is told a moment later.
        await systemClock.sleep(150);
        return newest();
      }
      await systemClock.sleep(5);
    }
  };
  return { backend, id, started, go, newest };
}

/** Those of hv-a that have a function. */
export const hostSecondaries = (fleet: Fleet): SecondaryController[] =>
  Object.values(fleet.controllers).flatMap((one) =>
    one.role === 'secondary' && one.hostId === 'hv-a' && one.pciAddress !== null ? [one] : [],
  );
