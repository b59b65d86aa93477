import { z } from 'zod';
import { virtualIdentitySchema } from '../fleet/schema.ts';
import { vfioStateSchema } from '../vfio/device-state.ts';
import { exposedMaskSchema } from '../virtual-subsystem/mask/exposed-capability.ts';

const id = z.string().min(1);
const uint16 = z.number().int().min(0).max(0xffff);
const nsid = z.number().int().min(1).max(0xfffffffe);

/**
 * Every change that Berth can make to a device, a host or a virtual machine, one step each. Ids are fleet ids.
 * Steps are data: planners make them, the runner executes them, the journal stores them.
 */
export const stepSchema = z.discriminatedUnion('kind', [
  // Virtualization Management (1Ch) on the primary controller.
  z.object({ kind: z.literal('secondary-offline'), secondaryId: id }),
  z.object({
    kind: z.literal('secondary-assign'),
    secondaryId: id,
    resource: z.enum(['VQ', 'VI']),
    count: uint16,
  }),
  z.object({ kind: z.literal('secondary-online'), secondaryId: id }),
  z.object({
    kind: z.literal('primary-allocate'),
    primaryId: id,
    resource: z.enum(['VQ', 'VI']),
    count: uint16,
  }),
  // Resets and PCI.
  z.object({ kind: z.literal('function-level-reset'), controllerId: id }),
  z.object({ kind: z.literal('controller-reset'), controllerId: id }),
  z.object({ kind: z.literal('subsystem-reset'), controllerId: id }),
  z.object({ kind: z.literal('set-vf-count'), primaryId: id, count: z.number().int().min(0).max(0xffff) }),
  z.object({ kind: z.literal('set-drivers-autoprobe'), primaryId: id, enabled: z.boolean() }),
  z.object({
    kind: z.literal('set-driver'),
    controllerId: id,
    driver: z.enum(['nvme', 'vfio-pci']).nullable(),
  }),
  // Namespace Attachment (15h) through the primary controller.
  z.object({ kind: z.literal('attach-namespace'), controllerId: id, nsid }),
  z.object({ kind: z.literal('detach-namespace'), controllerId: id, nsid }),
  // Virtual Subsystem Management: vendor specific, a proposal.
  z.object({
    kind: z.literal('virtual-subsystem-create'),
    primaryId: id,
    nqn: z.string().min(1),
    primaryVirtualId: uint16,
    identity: virtualIdentitySchema,
  }),
  z.object({
    kind: z.literal('virtual-subsystem-set-identity'),
    primaryId: id,
    nqn: z.string().min(1),
    identity: virtualIdentitySchema,
  }),
  z.object({
    kind: z.literal('virtual-subsystem-set-capabilities'),
    primaryId: id,
    nqn: z.string().min(1),
    exposed: exposedMaskSchema,
  }),
  z.object({ kind: z.literal('virtual-subsystem-delete'), primaryId: id, nqn: z.string().min(1) }),
  z.object({
    kind: z.literal('virtual-subsystem-add'),
    secondaryId: id,
    nqn: z.string().min(1),
    virtualControllerId: uint16,
  }),
  z.object({ kind: z.literal('virtual-subsystem-remove'), secondaryId: id, nqn: z.string().min(1) }),
  // Function Management: vendor specific, a proposal.
  z.object({ kind: z.literal('function-provision'), primaryId: id, cntlid: uint16 }),
  z.object({ kind: z.literal('function-destroy'), primaryId: id, cntlid: uint16 }),
  z.object({ kind: z.literal('function-set-migration'), secondaryId: id, enabled: z.boolean() }),
  z.object({ kind: z.literal('function-set-visible'), secondaryId: id, visible: z.boolean() }),
  // Virtual machines.
  z.object({ kind: z.literal('vm-attach-device'), virtualMachineId: id, controllerId: id }),
  z.object({ kind: z.literal('vm-detach-device'), virtualMachineId: id, controllerId: id }),
  z.object({
    kind: z.literal('vm-create-incoming'),
    hostId: id,
    name: z.string().min(1),
    vcpus: z.number().int().positive(),
    memoryBytes: z.number().int().positive(),
  }),
  z.object({ kind: z.literal('vm-pause'), virtualMachineId: id }),
  z.object({ kind: z.literal('vm-resume'), virtualMachineId: id }),
  z.object({ kind: z.literal('vm-send-memory'), virtualMachineId: id, destinationHostId: id }),
  z.object({ kind: z.literal('vm-destroy'), virtualMachineId: id }),
  // VFIO migration (Linux uAPI vfio.h); the driver sends Migration Send and Receive on the controlling function.
  z.object({ kind: z.literal('vfio-set-state'), controllerId: id, state: vfioStateSchema }),
  z.object({ kind: z.literal('vfio-transfer-state'), sourceId: id, destinationId: id }),
]);
export type Step = z.infer<typeof stepSchema>;

/** A step inside a procedure: with its words, its command lines and its inverse, all fixed when it was planned. */
export const plannedStepSchema = z.object({
  step: stepSchema,
  hostId: z.string(),
  /** Groups steps for people: `Prepare`, `Virtual subsystem`, `Stop and copy`, … */
  phase: z.string(),
  /** One sentence in the imperative: `Take 4 VQ resources for VF 12`. */
  words: z.string(),
  /** The same thing on a shell, one line each; empty when no command line exists for it. */
  commandLines: z.array(z.string()),
  /** Steps that undo it, in the order to run them; null when it cannot be undone. */
  inverse: z.array(stepSchema).nullable(),
});
export type PlannedStep = z.infer<typeof plannedStepSchema>;
