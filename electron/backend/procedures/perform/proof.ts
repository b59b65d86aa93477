import { guestStateAt } from '#shared/procedure/steps/proof.ts';
import { machineParts } from '#shared/procedure/steps/titles.ts';
import { fail, succeed } from '#shared/result.ts';
import { type Performers, unreachableObject } from './perform-context.ts';

/**
 * Comparisons with what was saved. That the guest is as far as the stage says is seen on its host; the rest is known to
 * whoever watched the run from its beginning.
 */
export const proofPerformers: Performers<'migration-proof'> = {
  async 'migration-proof'({ stage, virtualMachineId }, { connections, prove }) {
    const { hostId, name } = machineParts(virtualMachineId);
    const host = connections.find((candidate) => candidate.id === hostId);
    if (host === undefined) return unreachableObject(virtualMachineId);
    const machines = await host.virtualMachines.list();
    if (!machines.ok) return machines;
    const state = machines.value.find((machine) => machine.name === name)?.state ?? 'gone';
    const wanted = guestStateAt(stage);
    if (state !== wanted)
      return fail('effect-missing', `${name} is ${state} at the destination, not ${wanted}.`, {
        object: name,
        field: 'state',
        fix: 'Check on both hosts where the guest is before anything else is done with it.',
        details: [`${name} at the destination: ${wanted}, now ${state}`],
      });
    if (prove === undefined) return succeed({});
    const proved = await prove(stage);
    return proved.ok ? succeed({ words: proved.value }) : proved;
  },
};
