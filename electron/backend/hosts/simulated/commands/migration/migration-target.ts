import type { SimulatedPrimary, SimulatedSecondary } from '../../state/controller.ts';

/**
 * The controlled function that a migration command names: a secondary of the controlling function. The specification
 * would let a controller manage any other of its NVM subsystem; here the relation is that of primary and secondary, and
 * live migration of the function must be enabled (Function Management, proposal).
 */
export function migrationTarget(primary: SimulatedPrimary, cntlid: number): SimulatedSecondary | undefined {
  const found = primary.subsystem.controllers.get(cntlid);
  return found?.part.kind === 'secondary' && found.part.primary === primary && found.part.migrationEnabled
    ? (found as SimulatedSecondary)
    : undefined;
}
