import { beforeAll, describe, expect, it } from 'vitest';
import type { Fleet, SecondaryController } from '#shared/fleet/schema.ts';
import { adminCommand } from '#shared/nvme/command.ts';
import {
  namespaceAttachment,
  namespaceAttachmentSelectors,
} from '#shared/nvme/commands/namespace-attachment.ts';
import { adminOpcodes } from '#shared/nvme/commands/table.ts';
import {
  virtualizationActions,
  virtualizationManagement,
} from '#shared/nvme/commands/virtualization-management.ts';
import { encodeControllerList } from '#shared/nvme/layouts/lists/controller-list.ts';
import { discoverFleet } from '../fleet/discovery.ts';
import { twoHosts } from '../hosts/simulated/built-in/two-hosts.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import { createSimulatedFleet } from '../hosts/simulated/simulated-fleet.ts';
import { systemClock } from '../system-clock.ts';
import type { HostChange } from '../terminal/watched-console.ts';
import { foresee } from './foresee.ts';

let fleet: Fleet;
let host: SimulatedHost;
let used: SecondaryController;
let guest: string;

beforeAll(async () => {
  const made = createSimulatedFleet(twoHosts.build(), { clock: systemClock, trace: (queue) => queue });
  if (!made.ok) throw new Error(made.error.message);
  const source = {
    kind: 'simulated',
    ...{ name: 'two-hosts', label: 'two-hosts', simulated: true, readOnly: null, seed: 42 },
  } as const;
  fleet = (await discoverFleet(made.value.hosts, source)).fleet;
  const found = Object.values(fleet.controllers).find(
    (one) => one.role === 'secondary' && one.hostId === 'hv-a' && one.virtualMachineId !== null,
  );
  const own = made.value.hosts.find(({ id }) => id === 'hv-a');
  if (found?.role !== 'secondary' || own === undefined) throw new Error('two-hosts has changed.');
  used = found;
  host = own;
  guest = fleet.virtualMachines[used.virtualMachineId ?? '']?.name ?? '';
});

const guestsOf = (change: HostChange) =>
  foresee(change, { fleet, hostId: 'hv-a', sysfs: host.sysfs })?.guests.map(({ title }) => title) ?? [];
const primaryAddress = () => fleet.controllers[used.primaryId]?.pciAddress ?? '';
const functionFolder = () => `/sys/bus/pci/devices/${used.pciAddress}`;
const command = (given: Parameters<typeof adminCommand>[0]): HostChange => ({
  kind: 'command',
  address: primaryAddress(),
  command: adminCommand(given),
});

describe('a guest is interrupted', () => {
  it.each<[string, () => HostChange]>([
    [
      'an unbound driver',
      () => ({ kind: 'sysfs', path: `${functionFolder()}/driver/unbind`, text: `${used.pciAddress}\n` }),
    ],
    ['a removed function', () => ({ kind: 'sysfs', path: `${functionFolder()}/remove`, text: '1\n' })],
    ['a function level reset', () => ({ kind: 'sysfs', path: `${functionFolder()}/reset`, text: '1\n' })],
    [
      'no virtual functions',
      () => ({ kind: 'sysfs', path: `/sys/bus/pci/devices/${primaryAddress()}/sriov_numvfs`, text: '0\n' }),
    ],
    ['another driver', () => ({ kind: 'driver', address: used.pciAddress ?? '', driver: 'nvme' })],
    ['a detached device', () => ({ kind: 'machine', act: 'detach', name: guest, address: used.pciAddress })],
  ])('by %s', (_, change) => {
    expect(guestsOf(change())).toContain(guest);
  });

  it('by its controller going offline, and by its namespace', () => {
    const offline = virtualizationManagement.encode({
      cntlid: used.cntlid,
      act: virtualizationActions.secondaryOffline.value,
    });
    expect(guestsOf({ kind: 'command', address: primaryAddress(), command: offline })).toEqual([guest]);
    const [nsid = 0] = used.attachedNamespaces;
    const detach = namespaceAttachment.encode({ nsid, sel: namespaceAttachmentSelectors.detach.value });
    const list = encodeControllerList({ identifiers: [used.cntlid], reserved: [] });
    const data = list.ok ? list.value : new Uint8Array();
    expect(guestsOf({ kind: 'command', address: primaryAddress(), command: { ...detach, data } })).toEqual([
      guest,
    ]);
    expect(guestsOf(command({ opcode: adminOpcodes.sanitize, cdw10: 2 }))).toContain(guest);
    expect(guestsOf(command({ opcode: adminOpcodes.formatNvm, nsid }))).toContain(guest);
  });
});

describe('nobody is interrupted', () => {
  it.each<[string, () => HostChange]>([
    [
      'by a VF count that Linux refuses while VFs are on',
      () => ({ kind: 'sysfs', path: `/sys/bus/pci/devices/${primaryAddress()}/sriov_numvfs`, text: '40\n' }),
    ],
    [
      'by an attribute',
      () => ({ kind: 'sysfs', path: `${functionFolder()}/driver_override`, text: 'nvme\n' }),
    ],
    ['by a path that is not there', () => ({ kind: 'sysfs', path: '/sys/nowhere/reset', text: '1\n' })],
    ['by a pause', () => ({ kind: 'machine', act: 'pause', name: guest, address: null })],
    ['by a namespace that is created', () => command({ opcode: adminOpcodes.namespaceManagement, cdw10: 0 })],
    ['by a device that is not there', () => ({ kind: 'reset', device: '/dev/nvme77', scope: 'controller' })],
  ])('%s', (_, change) => {
    expect(guestsOf(change())).toEqual([]);
  });
});
