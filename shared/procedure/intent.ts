import { z } from 'zod';
import { assignmentTargetSchema } from '../fleet/rules/assignment-target.ts';
import { virtualIdentitySchema } from '../fleet/schema.ts';
import { migrationRequestSchema } from '../migration/request.ts';
import { exposedMaskSchema } from '../virtual-subsystem/mask/exposed-capability.ts';

const id = z.string().min(1).max(512);
const uint16 = z.number().int().min(0).max(0xffff);
/**
 * A whole selection, which one object is a list of. More than the largest fleet that opens: what is already as wanted is
 * left, and of the rest `mostTogether` (fleet rules) are changed in one procedure.
 */
const selection = z.array(id).min(1).max(32_768);
const nsid = z.number().int().min(1).max(0xfffffffe);
const nsids = z.array(nsid).max(1024);

/** Every change a person can ask for. Planners turn one of these into steps or refuse it with all reasons. */
export const intentSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('assign'),
    secondaryIds: selection,
    target: assignmentTargetSchema,
    /** Resources per secondary; left out: the defaults of `defaultResources` in fleet rules. */
    vq: uint16.optional(),
    vi: uint16.optional(),
    /** Virtual controller id of the first one, the others count up; left out: the next free ones. */
    firstVirtualControllerId: uint16.optional(),
    /** NSIDs to attach as well. */
    attach: nsids.optional(),
  }),
  /** The same for each of them. */
  z.object({ kind: z.literal('set-resources'), secondaryIds: selection, vq: uint16, vi: uint16 }),
  z.object({ kind: z.literal('set-online'), secondaryIds: selection, online: z.boolean() }),
  z.object({ kind: z.literal('set-vf-count'), primaryIds: selection, count: uint16 }),
  z.object({ kind: z.literal('allocate-to-primary'), primaryIds: selection, vq: uint16, vi: uint16 }),
  /** What neither list names stays attached or detached, as each of them has it. */
  z.object({ kind: z.literal('set-namespaces'), controllerIds: selection, attach: nsids, detach: nsids }),
  z.object({
    kind: z.literal('create-virtual-subsystem'),
    primaryId: id,
    nqn: z.string(),
    primaryVirtualId: uint16,
    identity: virtualIdentitySchema,
    /** What its members expose; left out: everything. */
    exposed: exposedMaskSchema.optional(),
    /** Free secondaries that become members in the same procedure; left out: none. */
    members: z
      .array(z.object({ secondaryId: id, virtualControllerId: uint16 }))
      .max(255)
      .optional(),
    /** The stored draft that this creates. */
    draftId: z.string().min(1).max(64).optional(),
  }),
  /** The same mask for all of them, in one procedure. */
  z.object({
    kind: z.literal('set-exposed-capabilities'),
    virtualSubsystemIds: z.array(id).min(1).max(64),
    exposed: exposedMaskSchema,
  }),
  z.object({
    kind: z.literal('set-virtual-identity'),
    virtualSubsystemIds: z.array(id).min(1).max(64),
    identity: virtualIdentitySchema,
  }),
  z.object({
    kind: z.literal('renumber-virtual-controllers'),
    virtualSubsystemId: id,
    members: z
      .array(z.object({ secondaryId: id, virtualControllerId: uint16 }))
      .min(1)
      .max(255),
  }),
  /** Everything from a function that is free or does not exist yet to one that VFIO shows, in one procedure. */
  z.object({
    kind: z.literal('provision'),
    functions: z.discriminatedUnion('kind', [
      /** Free functions of one primary: virtual functions (enabled or not yet), or provisioned ones in the pool. */
      z.object({ kind: z.literal('existing'), secondaryIds: z.array(id).min(1).max(127) }),
      /** Functions that the primary provisions (SIOV-like). */
      z.object({ kind: z.literal('new'), primaryId: id, count: z.number().int().min(1).max(127) }),
    ]),
    into: z.discriminatedUnion('kind', [
      z.object({
        kind: z.literal('new'),
        nqn: z.string(),
        primaryVirtualId: uint16,
        identity: virtualIdentitySchema,
        exposed: exposedMaskSchema,
      }),
      z.object({ kind: z.literal('existing'), virtualSubsystemId: id }),
      /** The guest sees the drive's own identity. */
      z.object({ kind: z.literal('none') }),
    ]),
    vq: uint16.optional(),
    vi: uint16.optional(),
    firstVirtualControllerId: uint16.optional(),
    attach: nsids,
    enableMigration: z.boolean(),
    /** Shown through VFIO at the end. */
    visible: z.boolean(),
    /** Handed to this virtual machine at the end. */
    virtualMachineId: id.nullable(),
  }),
  /** The reverse of `provision`: back to the pool, and provisioned functions are destroyed. */
  z.object({ kind: z.literal('deprovision'), secondaryIds: selection }),
  z.object({ kind: z.literal('delete-virtual-subsystem'), virtualSubsystemIds: selection }),
  z.object({ kind: z.literal('remove-from-virtual-subsystem'), secondaryIds: selection }),
  /** What a migration could not take back at its source: identity, reset, namespaces, resources. */
  z.object({
    kind: z.literal('clean-up-source'),
    secondaryIds: z.array(id).max(127),
    /** What is left of the virtual machine at the source; it must not run. */
    virtualMachineId: id.nullable(),
    /** Virtual subsystems to delete once they have no members. */
    virtualSubsystemIds: z.array(id).max(64),
    detachNamespaces: z.boolean(),
    /** Take them offline, which gives their resources back. */
    release: z.boolean(),
  }),
  /** A guest that stands paused or incoming goes on where it is. */
  z.object({ kind: z.literal('resume-machine'), virtualMachineId: id }),
  z.object({
    kind: z.literal('reset'),
    controllerIds: selection,
    reset: z.enum(['controller', 'function', 'subsystem']),
  }),
  z.object({
    kind: z.literal('set-driver'),
    controllerIds: selection,
    driver: z.enum(['nvme', 'vfio-pci']).nullable(),
  }),
  /** What a rehearsal brought about on its copy: each function as it was left there. */
  z.object({
    kind: z.literal('take-over'),
    vfCounts: z.array(z.object({ primaryId: id, count: uint16 })).max(256),
    functions: z
      .array(
        z.object({
          secondaryId: id,
          online: z.boolean(),
          vq: uint16,
          vi: uint16,
          driver: z.enum(['nvme', 'vfio-pci']).nullable(),
          namespaces: nsids,
        }),
      )
      .max(32_768),
  }),
  z.object({ kind: z.literal('migrate'), request: migrationRequestSchema }),
]);
export type Intent = z.infer<typeof intentSchema>;
