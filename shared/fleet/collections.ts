/** The collections of the fleet that change messages speak of. Apart from the schemas, so that the page needs no zod. */
export const fleetCollections = [
  'hosts',
  'subsystems',
  'controllers',
  'namespaces',
  'virtualSubsystems',
  'virtualMachines',
] as const;
