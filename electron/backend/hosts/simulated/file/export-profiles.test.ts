import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adminCommand } from '#shared/nvme/command.ts';
import { vendorMigrationOpcodes } from '#shared/nvme/commands/migration/vendor-migration.ts';
import type { LinkState } from '#shared/simulation/device-faults.ts';
import { numRuns } from '#shared/test-support/property-runs.ts';
import type { VfioState } from '#shared/vfio/device-state.ts';
import { execute } from '../commands/execute.ts';
import {
  guestFleet,
  guestFunction,
  type MigratingProfile,
  migratingProfiles,
} from '../testing/profile-fleets.ts';
import { type DeviceEvent, deviceEvent, happen, provisioningEvent } from '../testing/random-events.ts';
import { createWorld, exported, identifyCommand, rebuilt, run, type World } from '../testing/test-kit.ts';

/** Commands of December 2022 for the first virtual functions: nothing on every other device. */
const vendorEvent: fc.Arbitrary<DeviceEvent> = fc
  .tuple(
    fc.constantFrom(...vendorMigrationOpcodes),
    fc.integer({ min: 1, max: 3 }),
    fc.constantFrom(0, 64, 0x40000),
  )
  .map(([opcode, cdw10, bytes]) => ({
    kind: 'command',
    cntlid: 0,
    command: adminCommand({ opcode, cdw10, cdw11: bytes, readLength: bytes, data: new Uint8Array(bytes) }),
  }));

function eventsOf(profile: MigratingProfile): fc.Arbitrary<DeviceEvent[]> {
  const common = profile === 'siov-like' ? provisioningEvent : deviceEvent;
  const event =
    profile === 'vendor-2022'
      ? fc.oneof({ weight: 3, arbitrary: common }, { weight: 1, arbitrary: vendorEvent })
      : common;
  return fc.array(event, { maxLength: 20, size: 'max' });
}

const session = fc.record({
  state: fc.constantFrom<VfioState>('RUNNING', 'STOP', 'STOP_COPY', 'PRE_COPY', 'RESUMING'),
  bytes: fc.constantFrom(0, 60, 100_000),
});

const link = fc.constantFrom<LinkState>(
  { kind: 'up', share: 1 },
  { kind: 'down' },
  { kind: 'flapping', upMilliseconds: 300, downMilliseconds: 200 },
);

const vfioOf = (world: World, profile: MigratingProfile) =>
  world.host('one').kernel.find(guestFunction(profile).address)?.vfio;

/** Everything that could tell a fleet that was built anew from the first one. */
async function answers(world: World, profile: MigratingProfile, events: readonly DeviceEvent[]) {
  const said: unknown[] = [];
  const device = vfioOf(world, profile);
  if (device) {
    said.push(device.state(), device.flags(), await device.dataSize(), await device.precopyInfo());
    said.push(await device.read(64), await device.setState('STOP_COPY'), await device.readState());
    said.push(await device.setState('RUNNING'));
  }
  for (const event of events) {
    if (event.kind === 'command') {
      const controller = world.fleet.subsystems[0]?.controllers.get(event.cntlid);
      said.push(controller && execute(controller, event.command));
    } else happen(world, event);
  }
  said.push(run(world.primary(0), identifyCommand(1)), run(world.primary(0), identifyCommand(0x15)));
  said.push(exported(world));
  return said;
}

test.each(migratingProfiles)(
  'an exported fleet of profile %s is built to the same state and answers the same',
  async (profile) => {
    const events = eventsOf(profile);
    let sessions = 0;
    await fc.assert(
      fc.asyncProperty(session, link, events, events, async ({ state, bytes }, linkState, before, after) => {
        const world = createWorld(guestFleet(profile));
        world.host('one').setLink(linkState);
        const device = vfioOf(world, profile);
        const reached = await device?.setState(state);
        if (state === 'RESUMING') await device?.writeState(new Uint8Array(bytes));
        else await device?.read(bytes);
        if (reached?.ok && state !== 'RUNNING') sessions++;
        for (const event of before) happen(world, event);
        const first = exported(world);
        const again = rebuilt(world);
        expect(exported(again)).toEqual(first);
        expect(await answers(again, profile, after)).toEqual(await answers(world, profile, after));
      }),
      { numRuns: numRuns(6, 150), seed: 20261127 },
    );
    expect(sessions).toBeGreaterThan(3);
  },
);
