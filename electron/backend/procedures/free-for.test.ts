import { expect, test } from 'vitest';
import type { PlannedStep } from '#shared/procedure/step.ts';
import { migrationFleet, migrationRequest } from '#shared/test-support/migration-fleet.ts';
import { freeFor } from './free-for.ts';

test('a migration into a namespace that another one fills is told which namespace that is', () => {
  const fleet = migrationFleet();
  const request = migrationRequest(fleet);
  const [device] = request.devices;
  const [namespace] = device?.namespaces ?? [];
  if (device === undefined || namespace === undefined) throw new Error('no namespace');
  const copying = (name: string, hostId: string) => {
    const step: PlannedStep['step'] = {
      ...{ kind: 'user-data-send', virtualMachineId: `${hostId}:${name}`, destinationHostId: 'hv-b' },
      ...{ downtimeBudgetMilliseconds: 300 },
      devices: [
        {
          ...{ sourceId: `${hostId}/0000:41:00.0/1`, destinationId: device.destinationId },
          namespaces: [{ source: 1, destination: namespace.destination ?? 0, blocks: 100, blockSize: 4096 }],
        },
      ],
    };
    const planned = { step, hostId, phase: '', words: '', commandLines: [], inverse: null };
    return {
      plan: { intent: { kind: 'migrate' as const, request }, steps: [planned] },
      hostIds: new Set([hostId]),
    };
  };
  const other = { ...copying('a', 'hv-c'), title: 'Move a' };
  const { subsystemId = '' } = fleet.controllers[device.destinationId] ?? {};
  const refused = freeFor(fleet, copying('b', 'hv-a'), [other]);
  const object = `namespace ${namespace.destination} of ${fleet.subsystems[subsystemId]?.nqn}`;
  expect(refused.ok ? null : refused.error).toMatchObject({
    ...{ code: 'busy', object, message: `“Move a” is running on ${object}.` },
  });
  expect(freeFor(fleet, copying('b', 'hv-a'), []).ok).toBe(true);
});
