import { type SimulatedPrimary, type SimulatedSecondary, secondaryOf } from '../../state/controller.ts';

/**
 * The controlled function that a migration command names: a secondary of the controlling function. The specification
 * would let a controller manage any other of its NVM subsystem; here the relation is that of primary and secondary, and
 * live migration of the function must be enabled (Function Management, proposal).
 */
export function migrationTarget(primary: SimulatedPrimary, cntlid: number): SimulatedSecondary | undefined {
  const found = secondaryOf(primary, cntlid);
  return found?.part.migrationEnabled ? found : undefined;
}
