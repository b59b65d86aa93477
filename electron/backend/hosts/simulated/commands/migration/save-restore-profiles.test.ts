import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import { namespaceChanged } from '../../controller/asynchronous-events.ts';
import {
  deviceFleet,
  guestFleet,
  guestFunction,
  type MigratingProfile,
  migratingProfiles,
} from '../../testing/profile-fleets.ts';
import { guestCommand } from '../../testing/random-commands.ts';
import { createWorld, type World } from '../../testing/test-kit.ts';
import { execute } from '../execute.ts';

function deviceOf(world: World, profile: MigratingProfile) {
  const found = world.host('one').kernel.find(guestFunction(profile).address)?.vfio;
  if (!found) throw new Error('no VFIO device');
  return found;
}

const lived = fc.oneof(
  { weight: 8, arbitrary: guestCommand },
  { weight: 1, arbitrary: fc.constant('notice' as const) },
);

test.each(migratingProfiles)(
  'profile %s: restored on another device of its kind, the controller answers the next commands byte for byte',
  async (profile) => {
    const { cntlid } = guestFunction(profile);
    await fc.assert(
      fc.asyncProperty(
        fc.array(lived, { maxLength: 25, size: 'max' }),
        fc.array(guestCommand, { minLength: 5, maxLength: 20, size: 'max' }),
        fc.integer({ min: 1, max: 400 }),
        async (before, next, piece) => {
          const [here, there] = [createWorld(guestFleet(profile)), createWorld(deviceFleet(profile))];
          const [guest, moved] = [here.controller(cntlid), there.controller(cntlid)];
          for (const event of before) {
            if (event === 'notice') namespaceChanged(guest, 1);
            else execute(guest, event);
          }
          const [source, destination] = [deviceOf(here, profile), deviceOf(there, profile)];
          expect(await destination.setState('RESUMING')).toMatchObject({ ok: true });
          expect(await source.setState('STOP_COPY')).toMatchObject({ ok: true });
          for (;;) {
            const bytes = await source.read(piece);
            if (!bytes.ok || bytes.value === null) throw new Error('no final state');
            if (bytes.value.length === 0) break;
            await destination.writeState(bytes.value);
          }
          expect(await destination.setState('RUNNING')).toEqual({ ok: true, value: 'RUNNING' });
          expect(await source.setState('RUNNING')).toEqual({ ok: true, value: 'RUNNING' });
          for (const command of next) expect(execute(moved, command)).toEqual(execute(guest, command));
        },
      ),
      { numRuns: numRuns(6, 150), seed: 20261128 },
    );
  },
);
