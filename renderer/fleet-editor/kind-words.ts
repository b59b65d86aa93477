import type { ObjectKind } from '#shared/fleet-file/edit/objects.ts';

/** What the objects of a fleet file are called. */
export const kindWords: Readonly<Record<ObjectKind, string>> = {
  fleet: 'Fleet',
  host: 'Host',
  'virtual-machine': 'Virtual machine',
  subsystem: 'NVM subsystem',
  primary: 'Primary controller',
  plain: 'Controller without SR-IOV',
  namespace: 'Namespace',
};
