import { describe, expect, it } from 'vitest';
import { migrationFleet } from '../../test-support/migration-fleet.ts';
import type { Fleet, Host, PrimaryController, SecondaryController, VirtualMachine } from '../schema.ts';
import { otherCopies, resumeBlockers, resumeWarnings } from './resuming.ts';

const guestId = 'hv-a:db-primary';
const copyId = 'hv-b:db-primary';
const firstId = 'hv-a/0000:41:00.0/1';

/** The guest stands paused at its source with everything in order. */
function pausedFleet(): Fleet {
  const fleet = structuredClone(migrationFleet(2));
  machineOf(fleet).state = 'paused';
  return fleet;
}

function machineOf(fleet: Fleet, id = guestId): VirtualMachine {
  const machine = fleet.virtualMachines[id];
  if (machine === undefined) throw new Error(`${id} is missing`);
  return machine;
}

function functionOf(fleet: Fleet): SecondaryController {
  return fleet.controllers[firstId] as SecondaryController;
}

function hostOf(fleet: Fleet, id: string): Host {
  return fleet.hosts[id] as Host;
}

function addCopy(fleet: Fleet, state: VirtualMachine['state'], deviceIds: string[] = []): void {
  const { lostDevices: _, ...machine } = machineOf(fleet);
  fleet.virtualMachines[copyId] = { ...machine, id: copyId, hostId: 'hv-b', state, deviceIds };
}

const blockers: readonly (readonly [name: string, words: string, change: (fleet: Fleet) => void])[] = [
  [
    'a fleet that cannot be changed',
    'It is a capture.',
    (fleet) => {
      fleet.source.readOnly = 'It is a capture.';
    },
  ],
  [
    'a host that is gone',
    'The host of db-primary is no longer in the fleet.',
    (fleet) => {
      delete fleet.hosts['hv-a'];
    },
  ],
  [
    'a host that does not answer',
    'hv-a does not answer',
    (fleet) => {
      hostOf(fleet, 'hv-a').unread = true;
    },
  ],
  [
    'a host that cannot resume guests',
    'hv-a: No virsh.',
    (fleet) => {
      hostOf(fleet, 'hv-a').capabilities.virtualMachines = { available: false, reason: 'No virsh.' };
    },
  ],
  [
    'a host that cannot let functions go',
    'hv-a: No VFIO.',
    (fleet) => {
      functionOf(fleet).vfioState = 'STOP';
      hostOf(fleet, 'hv-a').capabilities.vfioMigration = { available: false, reason: 'No VFIO.' };
    },
  ],
  [
    'a guest that runs',
    'db-primary already runs on hv-a.',
    (fleet) => {
      machineOf(fleet).state = 'running';
    },
  ],
  [
    'a guest that is switched off',
    'switched off on hv-a: there is nothing to resume',
    (fleet) => {
      machineOf(fleet).state = 'stopped';
    },
  ],
  [
    'a guest whose memory has not arrived',
    'The memory of db-primary has not arrived on hv-a',
    (fleet) => Object.assign(machineOf(fleet), { state: 'incoming', memoryArrived: false }),
  ],
  [
    'the same guest running elsewhere',
    'db-primary runs on hv-b. Resumed on hv-a as well, two of one guest would write to the same data.',
    (fleet) => addCopy(fleet, 'running'),
  ],
  [
    'a function that was lost',
    'db-primary has lost 0000:99:00.1',
    (fleet) => {
      machineOf(fleet).lostDevices = ['0000:99:00.1'];
    },
  ],
  [
    'a function that is gone',
    `db-primary has ${firstId}, which is no longer in the fleet.`,
    (fleet) => {
      delete fleet.controllers[firstId];
    },
  ],
  [
    'a function with fatal status',
    'VF 1 of hv-a/nvme1 has failed (fatal status)',
    (fleet) => {
      functionOf(fleet).failure = 'fatal';
    },
  ],
  [
    'a function that is offline',
    'VF 1 of hv-a/nvme1 is offline',
    (fleet) => {
      functionOf(fleet).online = false;
    },
  ],
  [
    'a function that VFIO does not show',
    'is not shown through VFIO',
    (fleet) => {
      functionOf(fleet).driver = null;
    },
  ],
  [
    'a function in ERROR',
    'is in the VFIO state ERROR. Only a reset ends that',
    (fleet) => {
      functionOf(fleet).vfioState = 'ERROR';
    },
  ],
  [
    'a function whose state has not arrived',
    'waits for the state of db-primary (VFIO RESUMING)',
    (fleet) => {
      functionOf(fleet).vfioState = 'RESUMING';
    },
  ],
  [
    'a suspended function whose controlling function is dead',
    'hv-a/nvme1 has failed (fatal status), and VF 1 of hv-a/nvme1 is resumed through it.',
    (fleet) => {
      functionOf(fleet).vfioState = 'STOP';
      (fleet.controllers['hv-a/0000:41:00.0'] as PrimaryController).failure = 'fatal';
    },
  ],
  [
    'a suspended function that VFIO cannot resume',
    'Live migration of VF 1 of hv-a/nvme1 is not enabled',
    (fleet) => Object.assign(functionOf(fleet), { suspended: true, migrationEnabled: false }),
  ],
];

describe('what keeps a guest from going on', () => {
  it('is nothing where everything is in order, whatever its functions wait for', () => {
    expect(resumeBlockers(pausedFleet(), machineOf(pausedFleet()))).toEqual([]);
    for (const vfioState of ['STOP', 'STOP_COPY', 'RUNNING_P2P', 'PRE_COPY'] as const) {
      const fleet = pausedFleet();
      functionOf(fleet).vfioState = vfioState;
      expect(resumeBlockers(fleet, machineOf(fleet))).toEqual([]);
    }
  });

  it.each(blockers)('is %s', (_, words, change) => {
    const fleet = pausedFleet();
    change(fleet);
    const found = resumeBlockers(fleet, machineOf(fleet));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(words);
  });
});

const warnings: readonly (readonly [
  name: string,
  id: string,
  words: string,
  change: (fleet: Fleet) => void,
])[] = [
  [
    'a copy that waits elsewhere',
    `copy-incoming:${copyId}`,
    'also waits on hv-b for an incoming migration. Once it runs on hv-a, the copy on hv-b must never run again.',
    (fleet) => addCopy(fleet, 'incoming'),
  ],
  [
    'a copy that may have run elsewhere',
    `copy-paused:${copyId}`,
    'is also on hv-b (paused). Whether it ran there after its memory on hv-a was saved is not known',
    (fleet) => addCopy(fleet, 'paused'),
  ],
  [
    'a copy that is switched off elsewhere',
    `copy-stopped:${copyId}`,
    'is also on hv-b, switched off.',
    (fleet) => addCopy(fleet, 'stopped'),
  ],
  [
    'a copy on a host that does not answer',
    `copy-unread:${copyId}`,
    'hv-b does not answer. When it was last read, db-primary was running there; whether it runs there now is not known.',
    (fleet) => {
      addCopy(fleet, 'running');
      hostOf(fleet, 'hv-b').unread = true;
    },
  ],
  [
    'a host that does not answer',
    'host-unread:hv-b',
    'hv-b does not answer, so whether db-primary is there as well is not known.',
    (fleet) => {
      hostOf(fleet, 'hv-b').unread = true;
    },
  ],
  [
    'functions that this side has given up',
    `given-up:${copyId}`,
    'db-primary has 0 of its functions on hv-a, and 2 on hv-b: this side has given them up',
    (fleet) => {
      machineOf(fleet).deviceIds = [];
      addCopy(fleet, 'paused', ['hv-b/0000:41:00.0/1', 'hv-b/0000:41:00.0/2']);
    },
  ],
  [
    'a memory of which nothing is known',
    'memory:hv-a:db-primary',
    'Whether the memory of db-primary has arrived on hv-a is not known.',
    (fleet) => {
      machineOf(fleet).state = 'incoming';
    },
  ],
  [
    'a state that was loaded and not proven',
    `loaded:${firstId}`,
    'What VF 1 of hv-a/nvme1 loaded has not been compared',
    (fleet) => {
      Object.assign(machineOf(fleet), { state: 'incoming', memoryArrived: true });
      functionOf(fleet).vfioState = 'STOP';
    },
  ],
  [
    'a function of which nothing is known',
    `state:${firstId},hv-a/0000:41:00.0/2`,
    'Whether VF 1 of hv-a/nvme1, VF 2 of hv-a/nvme1 holds the state of db-primary is not known.',
    (fleet) => Object.assign(machineOf(fleet), { state: 'incoming', memoryArrived: true }),
  ],
];

describe('what must be agreed to before a guest goes on', () => {
  it('is nothing for the only copy, paused with its functions', () => {
    const fleet = pausedFleet();
    expect(otherCopies(fleet, machineOf(fleet))).toEqual([]);
    expect(resumeWarnings(fleet, machineOf(fleet))).toEqual([]);
  });

  it.each(warnings)('is %s', (_, id, words, change) => {
    const fleet = pausedFleet();
    change(fleet);
    expect(resumeBlockers(fleet, machineOf(fleet))).toEqual([]);
    const found = resumeWarnings(fleet, machineOf(fleet)).find((warning) => warning.id === id);
    expect(found?.words).toContain(words);
  });
});
