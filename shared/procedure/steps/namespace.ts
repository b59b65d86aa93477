import { z } from 'zod';
import { namespaceIdOf } from '../../fleet/ids.ts';
import type { Controller, Fleet } from '../../fleet/schema.ts';
import { controllerFullTitle, controllerTitle } from '../../fleet/selectors.ts';
import {
  namespaceAttachment,
  namespaceAttachmentSelectors,
} from '../../nvme/commands/namespace-attachment.ts';
import { encodeControllerList } from '../../nvme/layouts/lists/controller-list.ts';
import type { Result } from '../../result.ts';
import { tableWith } from '../../tables.ts';
import { defineStep, type StepCommand, type StepEffect } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { onController } from './conditions.ts';
import { id, nsid } from './fields.ts';
import { withController } from './predictions.ts';
import { titleOf } from './titles.ts';

/** Namespace Attachment (15h) through the primary controller (NVMe Base 2.1, 5.1.20). */

const attachSchema = z.object({ kind: z.literal('attach-namespace'), controllerId: id, nsid });
const detachSchema = z.object({ kind: z.literal('detach-namespace'), controllerId: id, nsid });

export type AttachNamespace = z.infer<typeof attachSchema>;
type DetachNamespace = z.infer<typeof detachSchema>;
/** What both steps speak of. */
type Attachment = Omit<AttachNamespace, 'kind'>;

const attach = defineStep({
  schema: attachSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: (step, fleet) => `Attach namespace ${step.nsid} to ${titleOf(fleet, step.controllerId)}`,
  ...sendsCommand<AttachNamespace>({
    build: (step, fleet) => attachmentCommand(fleet, step, namespaceAttachmentSelectors.attach.value),
  }),
  blockers: (step, fleet) =>
    onController(fleet, step.controllerId, (controller) => attachBlockers(fleet, controller, step.nsid)),
  predict: (step, fleet) => withAttachment(fleet, step, true),
  effect: (step, fleet) => attachmentEffect(fleet, step, true),
  inverse: (step): DetachNamespace[] => [{ ...step, kind: 'detach-namespace' }],
  sets: (step) => [{ object: step.controllerId, aspect: `namespace ${step.nsid}`, value: true }],
  scope: (step) => ({ namespaces: [step.nsid] }),
});

const detach = defineStep({
  schema: detachSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: (step, fleet) => `Detach namespace ${step.nsid} from ${titleOf(fleet, step.controllerId)}`,
  ...sendsCommand<DetachNamespace>({
    build: (step, fleet) => attachmentCommand(fleet, step, namespaceAttachmentSelectors.detach.value),
  }),
  blockers: (step, fleet) =>
    onController(fleet, step.controllerId, (controller) =>
      controller.attachedNamespaces.includes(step.nsid)
        ? []
        : [`Namespace ${step.nsid} is not attached to ${controllerTitle(controller)}.`],
    ),
  predict: (step, fleet) => withAttachment(fleet, step, false),
  effect: (step, fleet) => attachmentEffect(fleet, step, false),
  inverse: (step): AttachNamespace[] => [{ ...step, kind: 'attach-namespace' }],
  sets: (step) => [{ object: step.controllerId, aspect: `namespace ${step.nsid}`, value: false }],
  scope: (step) => ({ namespaces: [step.nsid] }),
});

export const namespaceSteps = { 'attach-namespace': attach, 'detach-namespace': detach };

function attachmentCommand(fleet: Fleet, step: Attachment, sel: number): Result<StepCommand> {
  const cntlid = fleet.controllers[step.controllerId]?.cntlid ?? 0;
  const data = encodeControllerList({ identifiers: [cntlid], reserved: [] });
  if (!data.ok) return data;
  return toManager(fleet, step.controllerId, () =>
    namespaceAttachment.encode({ nsid: step.nsid, sel }, { data: data.value }),
  );
}

function attachBlockers(fleet: Fleet, controller: Controller, wanted: number): string[] {
  const title = controllerTitle(controller);
  if (controller.attachedNamespaces.includes(wanted))
    return [`Namespace ${wanted} is already attached to ${title}.`];
  const namespace = fleet.namespaces[namespaceIdOf(controller.subsystemId, wanted)];
  if (namespace === undefined) return [`The NVM subsystem of ${title} has no namespace ${wanted}.`];
  const holder = fleet.controllers[namespace.attachedTo[0] ?? ''];
  return namespace.shared || holder === undefined
    ? []
    : [
        `Namespace ${wanted} is private and attached to ${controllerFullTitle(fleet, holder)}. Detach it there first.`,
      ];
}

function withAttachment(fleet: Fleet, step: Attachment, attached: boolean): Fleet {
  const controller = fleet.controllers[step.controllerId];
  if (controller === undefined) return fleet;
  const nsids = controller.attachedNamespaces.filter((known) => known !== step.nsid);
  if (attached) nsids.push(step.nsid);
  nsids.sort((left, right) => left - right);
  const next = withController(fleet, { ...controller, attachedNamespaces: nsids });
  const namespaceId = namespaceIdOf(controller.subsystemId, step.nsid);
  const namespace = fleet.namespaces[namespaceId];
  if (namespace === undefined) return next;
  const others = namespace.attachedTo.filter((known) => known !== step.controllerId);
  const attachedTo = attached ? [...others, step.controllerId].sort() : others;
  return { ...next, namespaces: tableWith(next.namespaces, { [namespaceId]: { ...namespace, attachedTo } }) };
}

function attachmentEffect(fleet: Fleet, step: Attachment, wanted: boolean): StepEffect {
  const controller = fleet.controllers[step.controllerId];
  const attached = controller?.attachedNamespaces.includes(step.nsid) ?? false;
  return {
    holds: controller !== undefined && attached === wanted,
    readBack: `Namespace ${step.nsid} is ${attached ? '' : 'not '}attached`,
  };
}
