import { encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { AdminCommand, AdminCompletion } from '#shared/nvme/command.ts';
import { formatNvm as definition } from '#shared/nvme/commands/format-nvm.ts';
import { completionOf, type StatusName } from '#shared/nvme/status.ts';
import { namespaceChanged } from '../../controller/asynchronous-events.ts';
import { shownTemplate } from '../../controller/shown-identity.ts';
import type { SimulatedController } from '../../state/controller.ts';
import type { SimulatedNamespace } from '../../state/namespace.ts';
import { everythingChanged } from '../../state/tracking-state.ts';
import { isValid } from '../identify/identify-namespaces.ts';

const allNamespaces = 0xffffffff;
const formatAttributesOffset = 524;
/** FNA: a format or an erase concerns all namespaces; crypto erase is there; the broadcast NSID is not. */
const attributes = { formatsAll: 1, erasesAll: 2, cryptoErase: 4, noBroadcast: 8 } as const;
const secureErase = { none: 0, userData: 1, crypto: 2 } as const;
/** Identify Namespace: NSZE, NCAP and NUSE, NLBAF, FLBAS, and the LBA formats. */
const offsets = { sizes: [0, 8, 16], nlbaf: 25, flbas: 26, formats: 128 } as const;

/**
 * Format NVM (NVMe Base 2.1, 5.1.10): another LBA format for namespaces of this controller, whose user data is gone. A
 * namespace keeps its bytes, so it has fewer blocks when they get larger. It completes at once.
 */
export function formatNvm(controller: SimulatedController, command: AdminCommand): AdminCompletion {
  const { lbaf, pi, ses } = definition.decode(command);
  const fna = shownTemplate(controller)[formatAttributesOffset] ?? 0;
  const maySes =
    ses === secureErase.crypto ? (fna & attributes.cryptoErase) !== 0 : ses <= secureErase.userData;
  if (!maySes) return completionOf('invalidField');
  const meant = namespacesMeant(controller, command.nsid >>> 0, fna, ses);
  if (typeof meant === 'string') return completionOf(meant);
  if (pi !== 0 || meant.some(({ identify }) => lbaf > (identify[offsets.nlbaf] ?? 0)))
    return completionOf('invalidFormat');
  for (const namespace of meant) format(controller, namespace, lbaf);
  return completionOf('success');
}

function namespacesMeant(
  controller: SimulatedController,
  nsid: number,
  fna: number,
  ses: number,
): readonly SimulatedNamespace[] | StatusName {
  const { subsystem, cntlid } = controller;
  const every = [...subsystem.namespaces.values()];
  const attached = every.filter(({ attachedTo }) => attachedTo.has(cntlid));
  const concernsAll = (fna & (ses === secureErase.none ? attributes.formatsAll : attributes.erasesAll)) !== 0;
  if (nsid === allNamespaces) {
    if ((fna & attributes.noBroadcast) !== 0) return 'invalidField';
    return concernsAll ? every : attached;
  }
  if (!isValid(controller, nsid)) return 'invalidNamespace';
  const named = attached.find((namespace) => namespace.nsid === nsid);
  if (!named) return 'invalidField';
  return concernsAll ? every : [named];
}

function format(controller: SimulatedController, namespace: SimulatedNamespace, lbaf: number): void {
  const { subsystem } = controller;
  const identify = namespace.identify.slice();
  const view = new DataView(identify.buffer);
  const at = offsets.formats + lbaf * 4;
  const blockSize = 2 ** view.getUint8(at + 2);
  const blocks = Number(namespace.bytes / BigInt(blockSize));
  for (const offset of offsets.sizes) view.setBigUint64(offset, BigInt(blocks), true);
  // Bits 6:5 are the upper bits of the index.
  const isExtended = view.getUint8(offsets.flbas) & 0x10;
  view.setUint8(offsets.flbas, (lbaf & 0xf) | isExtended | ((lbaf >> 4) << 5));
  const { file } = namespace;
  namespace.contents.erase();
  const isCaptured = file.identifyNamespace !== undefined;
  subsystem.addNamespace({
    ...namespace,
    identify,
    file: {
      ...file,
      blocks,
      blockSize,
      metadataSize: view.getUint16(at, true),
      ...(isCaptured ? { identifyNamespace: encodeBase64(identify) } : {}),
    },
  });
  for (const cntlid of namespace.attachedTo) {
    const other = subsystem.controllers.get(cntlid);
    if (!other) continue;
    everythingChanged(other, [namespace.nsid]);
    // Whoever formatted it knows; the others have to look again.
    if (other !== controller) namespaceChanged(other, namespace.nsid);
  }
}
