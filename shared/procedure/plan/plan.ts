import type { Fleet } from '../../fleet/schema.ts';
import type { Compatibility } from '../../migration/checks/check.ts';
import { type Result, unreachable } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { planAssign } from './assign.ts';
import { planCleanUpSource } from './clean-up-source.ts';
import { planReset, planSetDriver } from './device.ts';
import { planMigration } from './migrate/migrate.ts';
import { planSetNamespaces } from './namespaces.ts';
import { planDeprovision } from './provision/deprovision.ts';
import { planProvision } from './provision/provision.ts';
import { planAllocateToPrimary, planSetOnline, planSetResources } from './resources.ts';
import { planSetVfCount } from './vf-count.ts';
import {
  planRenumber,
  planSetExposedCapabilities,
  planSetVirtualIdentity,
} from './virtual-subsystem/change.ts';
import {
  planCreateVirtualSubsystem,
  planDeleteVirtualSubsystem,
  planRemoveFromVirtualSubsystem,
} from './virtual-subsystem/life-cycle.ts';

/**
 * Turns an intent into an ordered list of steps, or refuses it with every reason. Pure. `compatibility`: the checks of a
 * migration, where they were made already for this fleet.
 */
export function plan(fleet: Fleet, intent: Intent, compatibility?: Compatibility): Result<Plan> {
  switch (intent.kind) {
    case 'assign':
      return planAssign(fleet, intent);
    case 'set-resources':
      return planSetResources(fleet, intent);
    case 'set-online':
      return planSetOnline(fleet, intent);
    case 'set-vf-count':
      return planSetVfCount(fleet, intent);
    case 'allocate-to-primary':
      return planAllocateToPrimary(fleet, intent);
    case 'set-namespaces':
      return planSetNamespaces(fleet, intent);
    case 'create-virtual-subsystem':
      return planCreateVirtualSubsystem(fleet, intent);
    case 'set-exposed-capabilities':
      return planSetExposedCapabilities(fleet, intent);
    case 'set-virtual-identity':
      return planSetVirtualIdentity(fleet, intent);
    case 'renumber-virtual-controllers':
      return planRenumber(fleet, intent);
    case 'provision':
      return planProvision(fleet, intent);
    case 'deprovision':
      return planDeprovision(fleet, intent);
    case 'delete-virtual-subsystem':
      return planDeleteVirtualSubsystem(fleet, intent);
    case 'remove-from-virtual-subsystem':
      return planRemoveFromVirtualSubsystem(fleet, intent);
    case 'clean-up-source':
      return planCleanUpSource(fleet, intent);
    case 'reset':
      return planReset(fleet, intent);
    case 'set-driver':
      return planSetDriver(fleet, intent);
    case 'migrate':
      return planMigration(fleet, intent.request, compatibility);
    default:
      return unreachable(intent);
  }
}
