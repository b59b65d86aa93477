import { z } from 'zod';
import { findPrimary, findSecondary } from '../../fleet/selectors.ts';
import { defineStep } from '../step-definition.ts';
import { id } from './fields.ts';
import { devicePath, shellQuoted } from './shell.ts';
import { fullTitleOf, machineParts, machineTitle } from './titles.ts';
import { vfioCommandLines } from './vfio/vfio-command-lines.ts';

/**
 * How far a guest has come at its destination when it is compared with what was saved of it: its devices hold the loaded
 * state and stand still; they answer and the guest stands still; the guest runs.
 */
export const proofStageSchema = z.enum(['loaded', 'resumed', 'running']);
export type ProofStage = z.infer<typeof proofStageSchema>;

/** How the guest stands at its destination then. */
export function guestStateAt(stage: ProofStage): 'incoming' | 'running' {
  return stage === 'running' ? 'running' : 'incoming';
}

const proofSchema = z.object({
  kind: z.literal('migration-proof'),
  stage: proofStageSchema,
  /** At the destination. */
  virtualMachineId: id,
  controllerIds: z.array(id).min(1),
});

const proof = defineStep({
  schema: proofSchema,
  targets: ({ controllerIds, virtualMachineId }) => ({
    controllers: controllerIds,
    machines: [virtualMachineId],
  }),
  words({ stage, controllerIds, virtualMachineId }, fleet) {
    const devices = controllerIds.map((controllerId) => fullTitleOf(fleet, controllerId)).join(', ');
    switch (stage) {
      case 'loaded':
        return `Read again what ${devices} loaded, and compare it with what was saved`;
      case 'resumed':
        return `Read ${devices} again before the guest runs, and compare it with what was saved`;
      case 'running':
        return `Read ${devices} again with ${machineTitle(fleet, virtualMachineId)} running, before the source is given up`;
    }
  },
  command: null,
  // Only a state that stands still can be compared byte by byte.
  commandLines: ({ stage, controllerIds, virtualMachineId }, { fleet, nvmeCli }) => [
    ...controllerIds.flatMap((controllerId) => {
      const secondary = findSecondary(fleet, controllerId);
      const primary = secondary && findPrimary(fleet, secondary.primaryId);
      if (secondary === undefined || stage !== 'loaded') return [];
      const driver = vfioCommandLines(
        primary?.migrationInterface ?? null,
        devicePath(primary ?? fleet.controllers[controllerId]),
        { cntlid: secondary.cntlid, vfn: secondary.vfn, nvmeCli },
      );
      const file = `loaded-0x${secondary.cntlid.toString(16)}.bin`;
      const lines = driver.save(file);
      return lines.length === 0 ? [] : [...lines, `sha256sum ${file}`];
    }),
    `virsh domstate ${shellQuoted(machineParts(virtualMachineId).name)}`,
  ],
  blockers: () => [],
  // It only reads.
  predict: (_, fleet) => fleet,
  effect: () => ({ holds: true, readBack: 'Everything that was compared is equal' }),
  inverse: (): never[] => [],
  sets: () => [],
  scope: () => null,
  // One answer that did not come is no difference yet; a real one stays.
  mayRepeat: () => true,
});

export const proofSteps = { 'migration-proof': proof };
