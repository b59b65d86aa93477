import { expect, it } from 'vitest';
import type { SecondaryController } from '#shared/fleet/schema.ts';
import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { destinationControllerOptions, namespaceOptions } from './mapping-options.ts';

const fleet = migrationFleet();
const request = migrationRequest(fleet);
const { devices } = request;
const [first, second] = devices;
if (first === undefined || second === undefined) throw new Error('fixture');

it('offers the free secondary controllers of the host and says which are taken by another device', () => {
  const options = destinationControllerOptions(fleet, 'hv-b', devices, first.sourceId);
  expect(options).toHaveLength(6);
  expect(options.find((option) => option.value === first.destinationId)?.disabled).toBeUndefined();
  const taken = options.find((option) => option.value === second.destinationId);
  expect(taken).toMatchObject({ disabled: true, note: 'taken by VF 2 of hv-a/nvme1' });
});

it('does not offer what somebody uses on the destination', () => {
  const used = structuredClone(fleet);
  const busy = used.controllers[first.destinationId];
  if (busy?.role !== 'secondary') throw new Error('fixture');
  busy.virtualMachineId = 'hv-b:other';
  expect(destinationControllerOptions(used, 'hv-b', [], first.sourceId)).toHaveLength(5);
  // The one that is chosen stays, so that the choice can be seen and changed.
  expect(destinationControllerOptions(used, 'hv-b', devices, first.sourceId)).toHaveLength(6);
});

it.each<[string, boolean, Partial<SecondaryController>]>([
  ['in the pool', true, {}],
  ['online', true, { online: true, nvq: 4, nvi: 2 }],
  ['shown through VFIO', true, { online: true, nvq: 4, nvi: 2, driver: 'vfio-pci', vfioState: 'RUNNING' }],
  ['given up by the nvme driver', true, { driver: 'nvme' }],
  ['used by the host', false, { online: true, nvq: 4, nvi: 2, driver: 'nvme', deviceName: 'nvme4' }],
  ['in a virtual machine', false, { virtualMachineId: 'hv-b:other' }],
  ['in a virtual subsystem', false, { virtualSubsystemId: 'other', virtualControllerId: 20 }],
  ['not enabled', false, { pciAddress: null }],
  ['without a primary controller that is read', false, { primaryId: 'gone' }],
])('offers a controller that is %s exactly when the checks take it: %s', (_, offered, state) => {
  const changed = structuredClone(fleet);
  Object.assign(changed.controllers[first.destinationId] ?? {}, state);
  const values = destinationControllerOptions(changed, 'hv-b', [], first.sourceId).map(({ value }) => value);
  expect(values.includes(first.destinationId)).toBe(offered);
  const { checks } = checkCompatibility(changed, { ...request, devices: [first] });
  const refused = checks.filter(
    ({ id, verdict }) => /^resources\.(exists|free):/.test(id) && verdict === 'error',
  );
  expect(refused.length === 0).toBe(offered);
});

it('says of a chosen controller that is no longer free what it is doing', () => {
  const changed = structuredClone(fleet);
  Object.assign(changed.controllers[first.destinationId] ?? {}, {
    ...{ online: true, nvq: 4, nvi: 2, driver: 'nvme', deviceName: 'nvme4' },
  });
  const chosen = destinationControllerOptions(changed, 'hv-b', devices, first.sourceId).find(
    ({ value }) => value === first.destinationId,
  );
  expect(chosen).toMatchObject({ note: 'Online · used by the host as nvme4' });
  expect(chosen?.disabled).toBeUndefined();
});

it('puts the namespace with the same identifier first and lets a namespace be left out', () => {
  const source = Object.values(fleet.namespaces).find(
    (namespace) => namespace.nsid === 2 && namespace.attachedTo !== undefined,
  );
  if (source === undefined) throw new Error('fixture');
  const changed = structuredClone(fleet);
  for (const namespace of Object.values(changed.namespaces)) namespace.nguid = `${namespace.nsid}`.repeat(32);
  const options = namespaceOptions(changed, first.destinationId, {
    ...source,
    nguid: '2'.repeat(32),
    uuid: '',
    eui64: '',
  });
  expect(options.map((option) => option.value)).toEqual(['2', '1', 'none']);
  expect(options[0]).toMatchObject({ note: 'same NGUID' });
});
