import type { VirtualIdentity } from '#shared/fleet/schema.ts';
import {
  virtualIdentityOverrides as overrides,
  type VirtualSubsystemIdentity,
} from '#shared/nvme/layouts/virtual-subsystem-identity.ts';
import { trimmed } from './identity-text.ts';

/** The identity as the device reports it; what its override bit does not switch on stays empty. */
export function virtualIdentityOf(read: VirtualSubsystemIdentity): VirtualIdentity {
  const has = (bit: number) => (read.ovr & bit) !== 0;
  return {
    serialNumber: has(overrides.sn) ? trimmed(read.sn) : '',
    modelNumber: has(overrides.mn) ? trimmed(read.mn) : '',
    firmwareRevision: has(overrides.fr) ? trimmed(read.fr) : '',
    ...(has(overrides.ieee) ? { ieee: read.ieee } : {}),
    ...(has(overrides.fguid) ? { fguid: read.fguid } : {}),
  };
}
