/**
 * Ids of the fleet's objects; stable across rediscovery. See the header of `schema.ts`. A provisioned function goes by the
 * CNTLID that its controlling function gave it, as a virtual function does: it has no PCI address, and the UUID under
 * which the host shows it comes and goes with its visibility.
 */
export function controllerIdOf(hostId: string, address: string): string {
  return `${hostId}/${address}`;
}

export function secondaryIdOf(primaryId: string, cntlid: number): string {
  return `${primaryId}/${cntlid}`;
}

/** Of a virtual function whose CNTLID no list names. */
export function unlistedIdOf(primaryId: string, vfn: number): string {
  return `${primaryId}/vf${vfn}`;
}

export function namespaceIdOf(subsystemId: string, nsid: number): string {
  return `${subsystemId}#${nsid}`;
}

export function virtualSubsystemIdOf(primaryId: string, nqn: string): string {
  return `${primaryId}|${nqn}`;
}

export function virtualMachineIdOf(hostId: string, name: string): string {
  return `${hostId}:${name}`;
}
