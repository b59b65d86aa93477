import { expect, it } from 'vitest';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { destinationControllerOptions, namespaceOptions } from './mapping-options.ts';

const fleet = migrationFleet();
const { devices } = migrationRequest(fleet);
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
  expect(options[0]).toMatchObject({ note: 'same identifier' });
});
