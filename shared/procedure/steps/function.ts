import { z } from 'zod';
import { secondaryIdOf } from '../../fleet/ids.ts';
import { withoutProvisionedFunction, withProvisionedFunction } from '../../fleet/provisioned-functions.ts';
import { iommuBlockers } from '../../fleet/rules/secondary-use.ts';
import type { Fleet, PrimaryController, SecondaryController } from '../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, hexadecimalId } from '../../fleet/selectors.ts';
import { functionManagement, functionSelectors } from '../../nvme/commands/proposal/function-management.ts';
import { isVfioDriver, provisionedFunctionDriver } from '../../vfio/drivers.ts';
import { defineStep, type StepEffect } from '../step-definition.ts';
import { sendsCommand, toManager } from './command.ts';
import { id, uint16 } from './fields.ts';
import type { AttachNamespace } from './namespace.ts';
import { startingVfioState, withSecondary } from './predictions.ts';
import { assignmentsOf, type SecondaryAssign } from './secondary.ts';
import { titleOf } from './titles.ts';

/** Function Management (C5h), vendor specific: a proposal. The blockers are what the device refuses too. */

const provisionSchema = z.object({ kind: z.literal('function-provision'), primaryId: id, cntlid: uint16 });
const destroySchema = z.object({ kind: z.literal('function-destroy'), primaryId: id, cntlid: uint16 });
const setMigrationSchema = z.object({
  kind: z.literal('function-set-migration'),
  secondaryId: id,
  enabled: z.boolean(),
});
const setVisibleSchema = z.object({
  kind: z.literal('function-set-visible'),
  secondaryId: id,
  visible: z.boolean(),
});

type Provision = z.infer<typeof provisionSchema>;
type Destroy = z.infer<typeof destroySchema>;
type SetMigration = z.infer<typeof setMigrationSchema>;
type SetVisible = z.infer<typeof setVisibleSchema>;

const provision = defineStep({
  schema: provisionSchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: ({ primaryId, cntlid }, fleet) =>
    `Provision function ${hexadecimalId(cntlid)} on ${titleOf(fleet, primaryId)}`,
  ...sendsCommand<Provision>({
    build: ({ primaryId, cntlid }, fleet) =>
      toManager(fleet, primaryId, () =>
        functionManagement.encode({ cntlid, sel: functionSelectors.provision.value }),
      ),
  }),
  blockers(step, fleet) {
    const primary = findPrimary(fleet, step.primaryId);
    return primary === undefined
      ? [withoutPrimaryWords(functionId(step))]
      : provisionBlockers(primary, step.cntlid, findSecondary(fleet, functionId(step)));
  },
  predict(step, fleet) {
    const primary = findPrimary(fleet, step.primaryId);
    return primary === undefined ? fleet : withProvisionedFunction(fleet, primary, step.cntlid);
  },
  effect: (step, fleet) => existenceEffect(fleet, step, true),
  inverse: ({ primaryId, cntlid }): Destroy[] => [{ kind: 'function-destroy', primaryId, cntlid }],
  sets: (step) => [{ object: functionId(step), aspect: 'existence', value: true }],
  scope: () => ({ resources: true, functions: true }),
});

const destroy = defineStep({
  schema: destroySchema,
  targets: ({ primaryId }) => ({ controllers: [primaryId] }),
  words: ({ primaryId, cntlid }, fleet) =>
    `Destroy function ${hexadecimalId(cntlid)} of ${titleOf(fleet, primaryId)}`,
  ...sendsCommand<Destroy>({
    build: ({ primaryId, cntlid }, fleet) =>
      toManager(fleet, primaryId, () =>
        functionManagement.encode({ cntlid, sel: functionSelectors.destroy.value }),
      ),
  }),
  blockers: (step, fleet) =>
    onManagedFunction(fleet, functionId(step), (secondary) => destroyBlockers(fleet, secondary)),
  predict(step, fleet) {
    const secondary = findSecondary(fleet, functionId(step));
    const primary = findPrimary(fleet, step.primaryId);
    return secondary === undefined || primary === undefined
      ? fleet
      : withoutProvisionedFunction(fleet, primary, secondary);
  },
  effect: (step, fleet) => existenceEffect(fleet, step, false),
  inverse(
    { primaryId, cntlid },
    fleet,
  ): (Provision | SecondaryAssign | AttachNamespace | SetMigration)[] | null {
    const secondary = findSecondary(fleet, secondaryIdOf(primaryId, cntlid));
    if (secondary === undefined) return null;
    const { id: secondaryId, attachedNamespaces, migrationEnabled } = secondary;
    return [
      { kind: 'function-provision', primaryId, cntlid },
      ...assignmentsOf(secondary),
      ...attachedNamespaces.map(
        (nsid): AttachNamespace => ({ kind: 'attach-namespace', controllerId: secondaryId, nsid }),
      ),
      ...(migrationEnabled ? [{ kind: 'function-set-migration' as const, secondaryId, enabled: true }] : []),
    ];
  },
  sets: (step) => [{ object: functionId(step), aspect: 'existence', value: false }],
  scope(step, fleet) {
    const namespaces = findSecondary(fleet, functionId(step))?.attachedNamespaces ?? [];
    return { resources: true, functions: true, namespaces };
  },
});

const setMigration = defineStep({
  schema: setMigrationSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: ({ secondaryId, enabled }, fleet) =>
    `${enabled ? 'Enable' : 'Disable'} live migration of ${titleOf(fleet, secondaryId)}`,
  ...sendsCommand<SetMigration>({
    build({ secondaryId, enabled }, fleet) {
      const { enableMigration, disableMigration } = functionSelectors;
      const sel = (enabled ? enableMigration : disableMigration).value;
      return toManager(fleet, secondaryId, (cntlid) => functionManagement.encode({ cntlid, sel }));
    },
  }),
  blockers: ({ secondaryId, enabled }, fleet) =>
    onManagedFunction(fleet, secondaryId, (secondary) =>
      secondary.visible && secondary.migrationEnabled !== enabled
        ? [`${controllerTitle(secondary)} is visible, so VFIO cannot change what it offers. Hide it first.`]
        : [],
    ),
  predict: ({ secondaryId, enabled }, fleet) =>
    withSecondary(fleet, secondaryId, { migrationEnabled: enabled }),
  effect({ secondaryId, enabled }, fleet) {
    const now = findSecondary(fleet, secondaryId)?.migrationEnabled;
    return { holds: now === enabled, readBack: `Live migration is ${now ? '' : 'not '}enabled` };
  },
  inverse(step, fleet) {
    const secondary = findSecondary(fleet, step.secondaryId);
    return secondary === undefined ? null : [{ ...step, enabled: secondary.migrationEnabled }];
  },
  sets: ({ secondaryId, enabled }) => [{ object: secondaryId, aspect: 'live migration', value: enabled }],
  scope: () => ({ functions: true }),
});

const setVisible = defineStep({
  schema: setVisibleSchema,
  targets: ({ secondaryId }) => ({ controllers: [secondaryId] }),
  words: ({ secondaryId, visible }, fleet) =>
    visible
      ? `Let VFIO show ${titleOf(fleet, secondaryId)}`
      : `Hide ${titleOf(fleet, secondaryId)} from VFIO`,
  ...sendsCommand<SetVisible>({
    build({ secondaryId, visible }, fleet) {
      const { makeVisible, hide } = functionSelectors;
      const sel = (visible ? makeVisible : hide).value;
      return toManager(fleet, secondaryId, (cntlid) => functionManagement.encode({ cntlid, sel }));
    },
  }),
  blockers: ({ secondaryId, visible }, fleet) =>
    onManagedFunction(fleet, secondaryId, (secondary) =>
      visible ? iommuBlockers(fleet, secondary) : hideBlockers(fleet, secondary),
    ),
  predict: ({ secondaryId, visible }, fleet) => {
    const secondary = findSecondary(fleet, secondaryId);
    return secondary === undefined
      ? fleet
      : withSecondary(fleet, secondaryId, { visible, ...driverWhen(secondary, visible) });
  },
  effect({ secondaryId, visible }, fleet) {
    const secondary = findSecondary(fleet, secondaryId);
    if (secondary === undefined) return { holds: false, readBack: 'It is hidden' };
    const { assignableDevice, functionKind } = secondary;
    const isShown = functionKind === 'vf' || assignableDevice !== null;
    return {
      holds: secondary.visible === visible && (!visible || isShown),
      readBack: secondary.visible
        ? `It is visible${assignableDevice === null ? '' : ` as ${assignableDevice}`}`
        : 'It is hidden',
    };
  },
  inverse(step, fleet) {
    const secondary = findSecondary(fleet, step.secondaryId);
    return secondary === undefined ? null : [{ ...step, visible: secondary.visible }];
  },
  sets: ({ secondaryId, visible }) => [{ object: secondaryId, aspect: 'visible', value: visible }],
  scope: () => ({ functions: true }),
});

export const functionSteps = {
  'function-provision': provision,
  'function-destroy': destroy,
  'function-set-migration': setMigration,
  'function-set-visible': setVisible,
};

function functionId({ primaryId, cntlid }: Pick<Provision, 'primaryId' | 'cntlid'>): string {
  return secondaryIdOf(primaryId, cntlid);
}

function withoutPrimaryWords(secondaryId: string): string {
  return `${secondaryId} has no controlling function in the fleet.`;
}

function onManagedFunction(
  fleet: Fleet,
  secondaryId: string,
  check: (secondary: SecondaryController) => string[],
): string[] {
  const secondary = findSecondary(fleet, secondaryId);
  if (secondary === undefined) return [`${secondaryId} is no longer in the fleet.`];
  const primary = findPrimary(fleet, secondary.primaryId);
  if (primary === undefined) return [withoutPrimaryWords(secondaryId)];
  const { manage } = primary.functions;
  return manage.available ? check(secondary) : [`${controllerTitle(primary)}: ${manage.reason}`];
}

function provisionBlockers(
  primary: PrimaryController,
  cntlid: number,
  existing: SecondaryController | undefined,
): string[] {
  const title = controllerTitle(primary);
  const { provision: can, firstCntlid, maximumProvisioned } = primary.functions;
  if (!can.available) return [`${title}: ${can.reason}`];
  if (existing !== undefined) return [`${title} already has ${controllerTitle(existing)}.`];
  const last = firstCntlid + maximumProvisioned - 1;
  return cntlid < firstCntlid || cntlid > last
    ? [`${title} gives provisioned functions the CNTLIDs ${firstCntlid} to ${last}, not ${cntlid}.`]
    : [];
}

function destroyBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const title = controllerTitle(secondary);
  const { functionKind, virtualMachineId, virtualSubsystemId, visible, online } = secondary;
  if (functionKind === 'vf')
    return [`${title} is an SR-IOV virtual function; lower the VF count to remove it.`];
  const reasons: string[] = [];
  if (virtualMachineId !== null)
    reasons.push(
      `${title} is in ${fleet.virtualMachines[virtualMachineId]?.name ?? virtualMachineId}. Take it out first.`,
    );
  if (virtualSubsystemId !== null)
    reasons.push(
      `${title} is a member of ${fleet.virtualSubsystems[virtualSubsystemId]?.nqn ?? virtualSubsystemId}. Remove it first.`,
    );
  if (visible) reasons.push(`${title} is visible through VFIO. Hide it first.`);
  if (online) reasons.push(`${title} is online. Take it offline first.`);
  return reasons;
}

function hideBlockers(fleet: Fleet, secondary: SecondaryController): string[] {
  const title = controllerTitle(secondary);
  const { virtualMachineId, functionKind, driver } = secondary;
  if (virtualMachineId !== null)
    return [
      `${title} is in ${fleet.virtualMachines[virtualMachineId]?.name ?? virtualMachineId}. Take it out of the virtual machine first.`,
    ];
  return functionKind === 'vf' && driver !== null ? [`${title} is bound to ${driver}. Unbind it first.`] : [];
}

/** A provisioned function has the driver of its kind while it is shown; a virtual function loses only VFIO's. */
function driverWhen(secondary: SecondaryController, visible: boolean): Partial<SecondaryController> {
  const gone = { driver: null, assignableDevice: null, vfioState: null };
  if (secondary.functionKind === 'vf') return visible || !isVfioDriver(secondary.driver) ? {} : gone;
  // Where the host shows it is known when it does.
  return visible ? { driver: provisionedFunctionDriver, vfioState: startingVfioState(secondary) } : gone;
}

function existenceEffect(fleet: Fleet, step: Provision | Destroy, wanted: boolean): StepEffect {
  const exists = findSecondary(fleet, functionId(step)) !== undefined;
  return {
    holds: findPrimary(fleet, step.primaryId) !== undefined && exists === wanted,
    readBack: `Function ${hexadecimalId(step.cntlid)} is ${exists ? '' : 'not '}listed`,
  };
}
