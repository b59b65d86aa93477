import type { Controller, Host, Namespace, VirtualMachine, VirtualSubsystem } from '#shared/fleet/schema.ts';

/** A namespace as one host's controllers describe it. */
export interface HostNamespace {
  readonly namespace: Namespace;
  /** Ids of the host's controllers that it is attached to. */
  readonly attachedTo: string[];
}

/** The part of the fleet that one host's answers make. It stays the same object while its reading does. */
export interface HostPart {
  readonly host: Host;
  readonly controllers: readonly Controller[];
  readonly virtualSubsystems: readonly VirtualSubsystem[];
  readonly virtualMachines: readonly VirtualMachine[];
  /** Namespaces that a controller of this host described, and who is attached to them. */
  readonly namespaces: ReadonlyMap<string, HostNamespace>;
  /** Controller ids by namespace id, of namespaces that no controller of this host described. */
  readonly attachedElsewhere: ReadonlyMap<string, readonly string[]>;
}
