import type { ControllerIdentity } from '#shared/fleet/controller-identity.ts';
import type { ControllerCapabilities } from '#shared/fleet/schema.ts';
import type { IdentifyController } from '#shared/nvme/layouts/identify/identify-controller.ts';
import type { NvmeFunction } from '../../hosts/host-connection.ts';
import { subsystemNqnOf, trimmed } from '../read/identity-text.ts';

/** Who a controller is, as it answered Identify Controller. */
export function identifiedFields(identify: IdentifyController) {
  return {
    subsystemId: subsystemNqnOf(identify),
    cntlid: identify.cntlid,
    identity: identityOf(identify),
    capabilities: capabilitiesOf(identify),
  };
}

/** A controller that did not answer, as far as the kernel noted who it is. */
export function notedFields({ noted }: NvmeFunction, id: string) {
  const { cntlid = null, subsystemNqn = '', serial = '', model = '', firmware = '' } = noted ?? {};
  const kernelIdentity = { serialNumber: serial, modelNumber: model, firmwareRevision: firmware };
  return {
    subsystemId: subsystemNqn === '' ? `unread:${id}` : subsystemNqn,
    cntlid: cntlid ?? 0,
    ...(serial === '' && model === '' ? {} : { kernelIdentity }),
  };
}

function identityOf(identify: IdentifyController): ControllerIdentity {
  return {
    vid: identify.vid,
    ssvid: identify.ssvid,
    serialNumber: trimmed(identify.sn),
    modelNumber: trimmed(identify.mn),
    firmwareRevision: trimmed(identify.fr),
    subsystemNqn: identify.subnqn,
    ieee: identify.ieee,
    version: identify.ver,
  };
}

function capabilitiesOf(identify: IdentifyController): ControllerCapabilities {
  const { oacs, oncs, oaes, ctratt, lpa, mdts, acl, aerl, elpe, npss, frmw, sqes, cqes, maxcmd } = identify;
  const { nn, mnan, fuses, fna, vwc, sgls, cmic, kas, ocfs } = identify;
  const first = { oacs, oncs, oaes, ctratt, lpa, mdts, acl, aerl, elpe, npss, frmw, sqes, cqes, maxcmd };
  return { ...first, nn, mnan, fuses, fna, vwc, sgls, cmic, kas, ocfs };
}
