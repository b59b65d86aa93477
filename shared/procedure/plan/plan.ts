import type { Fleet } from '../../fleet/schema.ts';
import { type Result, unreachable } from '../../result.ts';
import type { Intent } from '../intent.ts';
import type { Plan } from '../procedure.ts';
import { planAssign } from './assign.ts';
import { PlanBuilder, type PlanOptions } from './builder.ts';
import { planCleanUpSource } from './clean-up-source.ts';
import { planReset, planSetDriver } from './device.ts';
import { planMigration } from './migrate/migrate.ts';
import { planSetNamespaces } from './namespaces.ts';
import { planDeprovision } from './provision/deprovision.ts';
import { planProvision } from './provision/provision.ts';
import { planTakeOver } from './rehearsed/take-over.ts';
import { planAllocateToPrimary, planSetOnline, planSetResources } from './resources.ts';
import { planResumeMachine } from './resume-machine.ts';
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

/** Turns an intent into an ordered list of steps, or refuses it with every reason. Pure. */
export function plan(fleet: Fleet, intent: Intent, options: PlanOptions = {}): Result<Plan> {
  const builder = new PlanBuilder(fleet, options);
  switch (intent.kind) {
    case 'assign':
      return planAssign(builder, intent);
    case 'set-resources':
      return planSetResources(builder, intent);
    case 'set-online':
      return planSetOnline(builder, intent);
    case 'set-vf-count':
      return planSetVfCount(builder, intent);
    case 'allocate-to-primary':
      return planAllocateToPrimary(builder, intent);
    case 'set-namespaces':
      return planSetNamespaces(builder, intent);
    case 'create-virtual-subsystem':
      return planCreateVirtualSubsystem(builder, intent);
    case 'set-exposed-capabilities':
      return planSetExposedCapabilities(builder, intent);
    case 'set-virtual-identity':
      return planSetVirtualIdentity(builder, intent);
    case 'renumber-virtual-controllers':
      return planRenumber(builder, intent);
    case 'provision':
      return planProvision(builder, intent);
    case 'deprovision':
      return planDeprovision(builder, intent);
    case 'delete-virtual-subsystem':
      return planDeleteVirtualSubsystem(builder, intent);
    case 'remove-from-virtual-subsystem':
      return planRemoveFromVirtualSubsystem(builder, intent);
    case 'clean-up-source':
      return planCleanUpSource(builder, intent);
    case 'resume-machine':
      return planResumeMachine(builder, intent);
    case 'reset':
      return planReset(builder, intent);
    case 'set-driver':
      return planSetDriver(builder, intent);
    case 'take-over':
      return planTakeOver(builder, intent);
    case 'migrate':
      return planMigration(fleet, intent.request, options);
    default:
      return unreachable(intent);
  }
}
