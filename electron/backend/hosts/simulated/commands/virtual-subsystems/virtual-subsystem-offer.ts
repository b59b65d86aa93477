import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { featureSelectors, getFeatures } from '#shared/nvme/commands/features.ts';
import { getLogPage, zeroBasedDwords } from '#shared/nvme/commands/get-log-page.ts';
import { identify, identifyLength, identifyStructures } from '#shared/nvme/commands/identify.ts';
import {
  previewAnswer as definition,
  previewKinds,
} from '#shared/nvme/commands/proposal/virtual-subsystem-receive.ts';
import {
  encodeOfferedCapabilities,
  offeredCapabilitiesLength,
} from '#shared/nvme/layouts/proposal/virtual-subsystem-offered.ts';
import { completionOf } from '#shared/nvme/status.ts';
import { managesNamespaces } from '../../controller/announced.ts';
import { configurationSpace, nvmeClassCode } from '../../controller/configuration-space.ts';
import { shownResources } from '../../controller/exposed-answers.ts';
import { propertyBytes } from '../../controller/registers.ts';
import { type Execution, SimulatedController, type SimulatedPrimary } from '../../state/controller.ts';
import { simulatedFormats } from '../../state/namespace.ts';
import type { ResourcePool } from '../../state/resource-pool.ts';
import { hasFeature } from '../features/feature-table.ts';
import type { CommandContext } from '../handler.ts';
import { hasPage } from '../log-pages/log-pages.ts';

const allNamespaces = 0xffffffff;
/** No controller has it, so that it is a member of no virtual subsystem and attached to no namespace. */
const nobody = 0xffff;

const controllerLists: readonly number[] = [
  identifyStructures.attachedControllers.value,
  identifyStructures.controllers.value,
];

/** A secondary controller of this primary as it comes: online, with all resources that one can have, no member. */
export function freshSecondary(primary: SimulatedPrimary): SimulatedController {
  const { vq, vi, secondaries, provisioned } = primary.part;
  const { cap, pci } = primary;
  const template = secondaries[0]?.identifyTemplate ?? provisioned?.template ?? primary.identifyTemplate;
  const part = {
    kind: 'secondary' as const,
    primary,
    vfn: 1,
    handle: 1,
    uuid: null,
    online: true,
    resetPending: false,
    migrationEnabled: false,
    visible: true,
    vq: most(vq),
    vi: most(vi),
  };
  return new SimulatedController(primary.subsystem, nobody, part, { template, cap, pci });
}

function most(pool: ResourcePool): number {
  return pool.isFlexible ? pool.secondaryMaximum : pool.perSecondary;
}

/** Virtual Subsystem Receive, Get Offered Capabilities: what a fresh secondary shows outside Identify Controller. */
export function offeredCapabilities(primary: SimulatedPrimary): AdminCompletion {
  const fresh = freshSecondary(primary);
  const configuration = new DataView(configurationSpace(fresh).buffer);
  const logs = new Uint8Array(32);
  const feats = new Uint8Array(32);
  for (let number = 0; number < 256; number++) {
    if (hasPage(fresh, number)) setBit(logs, number);
    if (hasFeature(fresh, number)) setBit(feats, number);
  }
  const encoded = encodeOfferedCapabilities({
    ioqp: shownResources(fresh).ioQueuePairs,
    intv: shownResources(fresh).interruptVectors,
    vid: configuration.getUint16(0x00, true),
    did: configuration.getUint16(0x02, true),
    ssvid: configuration.getUint16(0x2c, true),
    ssid: configuration.getUint16(0x2e, true),
    rid: configuration.getUint8(0x08),
    cc: nvmeClassCode,
    cap: fresh.cap,
    logs,
    feats,
    formats: offeredFormats(fresh),
    reserved: [],
  });
  return encoded.ok ? { ...completionOf('success'), data: encoded.value } : completionOf('internalError');
}

/** Formats that every namespace has; a device that does not create namespaces promises none. */
function offeredFormats({ subsystem }: SimulatedController) {
  return managesNamespaces(subsystem) ? simulatedFormats : [];
}

/**
 * Virtual Subsystem Receive, Preview Answer: what a fresh secondary would answer to one question, before any virtual
 * subsystem narrows it. A question about a namespace is answered as if the namespace were attached. A refusal of the
 * secondary is the status of this command.
 */
export function previewAnswer(
  primary: SimulatedPrimary,
  command: AdminCommand,
  { execute }: Pick<CommandContext, 'execute'>,
): AdminCompletion {
  const { kind, number, nsid } = definition.decode(command);
  const fresh = freshSecondary(primary);
  const answerTo = (question: AdminCommand) => completionTo(execute(fresh, question));
  switch (kind) {
    case previewKinds.identify.value:
      // Lists of controllers name the hardware's, which a member never sees.
      return controllerLists.includes(number)
        ? completionOf('invalidField')
        : asIfAttached(fresh, nsid, () =>
            answerTo(identify.encode({ nsid, cns: number }, { readLength: identifyLength })),
          );
    case previewKinds.logPage.value:
      return answerTo(logCommand(number, offeredCapabilitiesLength));
    case previewKinds.feature.value:
      return answerTo(
        getFeatures.encode({ fid: number, sel: featureSelectors.default.value }, { readLength: 8 }),
      );
    case previewKinds.properties.value:
      return { ...completionOf('success'), data: propertyBytes(fresh) };
    case previewKinds.configuration.value:
      return { ...completionOf('success'), data: configurationSpace(fresh) };
    default:
      return completionOf('invalidField');
  }
}

/** Commands complete at once here, so that nobody sees the attachment in between. */
function asIfAttached(fresh: SimulatedController, nsid: number, ask: () => AdminCompletion): AdminCompletion {
  const attachedTo = fresh.subsystem.namespaces.get(nsid)?.attachedTo;
  attachedTo?.add(fresh.cntlid);
  const answer = ask();
  attachedTo?.delete(fresh.cntlid);
  return answer;
}

function logCommand(lid: number, bytes: number): AdminCommand {
  return getLogPage.encode(
    { nsid: allNamespaces, lid, rae: true, numd: zeroBasedDwords(bytes) },
    { readLength: bytes },
  );
}

function completionTo(execution: Execution): AdminCompletion {
  return execution.kind === 'completed' ? execution.completion : completionOf('internalError');
}

function setBit(bitmap: Uint8Array, number: number): void {
  bitmap[number >> 3] = (bitmap[number >> 3] ?? 0) | (1 << (number & 7));
}
