import type { FilePrimary } from './controller-schema.ts';

/** Handles of provisioned functions begin here; the handle of a virtual function is its VFN. */
export const firstProvisionedHandle = 0x8000;

/**
 * UUID under which a host shows a provisioned function: the same for the same CNTLID of the same NVM subsystem, so that
 * a function that goes and comes keeps its name. Version 8 (RFC 9562): made by a rule of our own.
 */
export function provisionedUuid(subsystemNqn: string, cntlid: number): string {
  const words = [1, 2, 3, 4].map((salt) => hashed(`${salt} ${cntlid} ${subsystemNqn}`));
  const digits = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  const variant = '89ab'[(words[2] ?? 0) & 3];
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `8${digits.slice(13, 16)}`,
    `${variant}${digits.slice(17, 20)}`,
    digits.slice(20),
  ].join('-');
}

/** Addresses of the provisioned functions of a primary that its host shows through VFIO. */
export function shownFunctionAddresses(primary: FilePrimary, subsystemNqn: string): readonly string[] {
  return (primary.provisioned?.functions ?? [])
    .filter((entry) => entry.visible)
    .map((entry) =>
      provisionedAddress(primary.address, entry.uuid ?? provisionedUuid(subsystemNqn, entry.cntlid)),
    );
}

/** `0000:81:00.0/<uuid>`: where the host keeps the function, as it does with mediated devices. */
export function provisionedAddress(parentAddress: string, uuid: string): string {
  return `${parentAddress}/${uuid}`;
}

/** FNV-1a with a last mixing, 32 bits. */
function hashed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b) >>> 0;
  return (hash ^ (hash >>> 13)) >>> 0;
}
