import type { SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findSecondary, virtualSubsystemOf } from '../../fleet/selectors.ts';
import type { PlanBuilder } from './builder.ts';
import { interruptionWords } from './titles.ts';
import { takeFromDriver } from './visibility-steps.ts';

export interface ReleaseOptions {
  /** Leave the virtual subsystem too. */
  readonly leaveSubsystem: boolean;
  /** Detach every namespace, so that the next guest cannot see this one's data. */
  readonly detachNamespaces: boolean;
}

const phase = 'Release';

/**
 * Takes secondary controllers away from whoever uses them, kindest first: out of the virtual machine, off its driver,
 * out of the virtual subsystem, namespaces, and at last offline, which returns the resources.
 */
export function releaseSecondaries(
  builder: PlanBuilder,
  secondaryIds: readonly string[],
  options: ReleaseOptions,
): void {
  for (const id of secondaryIds) builder.consequences.push(...interruptionWords(builder.fleet, id));
  const each = (work: (secondary: SecondaryController) => void) => {
    for (const id of secondaryIds) {
      const secondary = findSecondary(builder.fleet, id);
      if (secondary !== undefined) work(secondary);
    }
  };
  each(({ id, virtualMachineId }) => {
    if (virtualMachineId !== null)
      builder.add({ kind: 'vm-detach-device', virtualMachineId, controllerId: id }, phase);
  });
  each(({ id }) => takeFromDriver(builder, id, phase));
  if (options.leaveSubsystem)
    each((secondary) => {
      const subsystem = virtualSubsystemOf(builder.fleet, secondary);
      if (subsystem !== undefined)
        builder.add(
          { kind: 'virtual-subsystem-remove', secondaryId: secondary.id, nqn: subsystem.nqn },
          phase,
        );
    });
  if (options.detachNamespaces)
    each((secondary) => {
      for (const nsid of secondary.attachedNamespaces)
        builder.add({ kind: 'detach-namespace', controllerId: secondary.id, nsid }, phase);
      if (secondary.attachedNamespaces.length > 0)
        builder.consequences.push(
          `${controllerTitle(secondary)} no longer reaches namespace ${secondary.attachedNamespaces.join(', ')}; ` +
            'the data stays on the drive.',
        );
    });
  each(({ id, online, nvq, nvi }) => {
    if (online || nvq > 0 || nvi > 0) builder.add({ kind: 'secondary-offline', secondaryId: id }, phase);
  });
}
