import { interfaceWords } from '#shared/fleet/device-abilities.ts';
import type { FlexibleResources } from '#shared/fleet/flexible-resources.ts';
import { gapWords } from '#shared/fleet/gap.ts';
import { type NotRecordedFact, tellingCommandOf } from '#shared/fleet/not-recorded.ts';
import type { Controller, Fleet, PrimaryController, SecondaryController } from '#shared/fleet/schema.ts';
import {
  cntlidWords,
  controllerFullTitle,
  controllerTitle,
  controllingPrimary,
  freeWords,
  functionCountWords,
  knowsCntlid,
  machineOf,
  namespacesOf,
  secondariesOf,
  secondaryStateWords,
  virtualSubsystemOf,
  virtualSubsystemTitle,
} from '#shared/fleet/selectors.ts';
import { relationOf } from '#shared/virtual-subsystem/relation.ts';
import { SectionLabel } from '../ui/content/small.tsx';
import { Banner } from '../ui/content/states.tsx';
import { formatCapacity, formatHex } from '../ui/format.ts';
import { AbilityCard } from './ability-card.tsx';
import { BudgetTable } from './budget-table.tsx';
import { type FactRow, Facts, ObjectLink, ObjectLinks } from './facts.tsx';
import { ControllerFailureBanner } from './failure-banners.tsx';
import { GuestView } from './guest-view.tsx';
import styles from './inspector.module.css';
import { VfioStrip } from './vfio-strip.tsx';

/** Overview of a controller of any role. */
export function ControllerOverview({
  fleet,
  controller,
}: {
  readonly fleet: Fleet;
  readonly controller: Controller;
}) {
  const rows =
    controller.role === 'secondary'
      ? secondaryRows(fleet, controller)
      : [
          ...(controller.role === 'primary' ? primaryRows(fleet, controller) : []),
          ...identityRows(controller),
        ];
  return (
    <>
      <ControllerFailureBanner controller={controller} />
      {controller.problems.map((problem) => (
        <Banner
          key={`${problem.source}\n${problem.message}`}
          tone="warning"
          title={problem.message}
          lines={[problem.source, ...(problem.fix === undefined ? [] : [problem.fix])]}
        />
      ))}
      <Facts label="Overview" rows={[...rows, namespaceRow(fleet, controller)]} />
      {controller.role === 'primary' ? <BudgetTable fleet={fleet} primary={controller} /> : null}
      {controller.role === 'secondary' ? (
        <>
          <GuestView secondary={controller} identityOnly />
          {controller.vfioState === null ? null : (
            <>
              <div className={styles.section}>
                <SectionLabel>VFIO</SectionLabel>
              </div>
              <VfioStrip state={controller.vfioState} />
            </>
          )}
        </>
      ) : null}
      <AbilityCard fleet={fleet} controller={controller} />
    </>
  );
}

/** Where it belongs first, then the relation to its controlling function, then resources and the PCI side. */
function secondaryRows(fleet: Fleet, secondary: SecondaryController): FactRow[] {
  const primary = controllingPrimary(fleet, secondary);
  const virtual = virtualSubsystemOf(fleet, secondary);
  const machine = machineOf(fleet, secondary);
  const relation = relationOf(fleet, secondary);
  const held = (count: number, pool: FlexibleResources | undefined) =>
    secondary.unlisted === undefined ? (
      <>
        {count} flexible{' '}
        {pool?.supported ? <span className="mute">· limit {pool.secondaryMaximum}</span> : null}
      </>
    ) : (
      gapWords(secondary.unlisted.gap)
    );
  return [
    { name: 'State', value: secondaryStateWords(fleet, secondary.id) },
    {
      name: 'Virtual subsystem',
      value:
        virtual === undefined ? (
          '–'
        ) : (
          <ObjectLink id={virtual.id}>{virtualSubsystemTitle(virtual)}</ObjectLink>
        ),
    },
    { name: 'Virtual id', value: secondary.virtualControllerId ?? '–', mono: true },
    {
      name: 'VM',
      value: machine === undefined ? '–' : <ObjectLink id={machine.id}>{machine.name}</ObjectLink>,
    },
    {
      name: 'Controlled by',
      mono: true,
      value:
        primary === undefined ? (
          secondary.primaryId
        ) : (
          <ObjectLink id={primary.id}>
            {controllerTitle(primary)} ({formatHex(primary.cntlid)})
          </ObjectLink>
        ),
    },
    {
      name: 'Relation',
      value: (
        <>
          {relation.kept.join(' · ')}
          {relation.lost.length === 0 ? null : (
            <span className="mute"> · lost, must be restored: {relation.lost.join(', ')}</span>
          )}
        </>
      ),
    },
    {
      name: 'Queues (VQ)',
      value: held(secondary.nvq, primary?.vq),
    },
    {
      name: 'Interrupts (VI)',
      value: held(secondary.nvi, primary?.vi),
    },
    ...functionRows(secondary),
    { name: 'Driver', value: secondary.driver ?? 'none', mono: true },
    { name: 'IOMMU group', value: secondary.iommuGroup ?? '–', mono: true },
  ];
}

/** What kind of function it is, where it is, and what its controlling function lets VFIO do with it. */
function functionRows(secondary: SecondaryController): FactRow[] {
  const isProvisioned = secondary.functionKind === 'siov';
  const place = secondary.pciAddress ?? secondary.assignableDevice;
  const without = isProvisioned ? 'hidden: the host cannot see it' : 'function not enabled';
  return [
    {
      name: 'Function',
      value: isProvisioned
        ? `provisioned (SIOV-like, proposal), handle ${secondary.functionHandle ?? '–'}`
        : `SR-IOV virtual function ${secondary.vfn}`,
    },
    {
      name: isProvisioned ? 'VFIO device' : 'PCI address',
      value: place ?? without,
      mono: true,
      copy: place ?? '',
    },
    { name: 'Visible', value: secondary.visible ? 'visible to VFIO' : 'hidden from VFIO' },
    { name: 'Live migration', value: secondary.migrationEnabled ? 'enabled' : 'not enabled' },
  ];
}

/** What it controls and what is left to give out; whoever it controls and is in use is one click away. */
function primaryRows(fleet: Fleet, primary: PrimaryController): FactRow[] {
  const controlled = secondariesOf(fleet, primary);
  // Free ones are left out: there are often more than a hundred.
  const busy = controlled.filter((secondary) => secondary.online || secondary.virtualSubsystemId !== null);
  const virtual = Object.values(fleet.virtualSubsystems).filter(({ primaryId }) => primaryId === primary.id);
  return [
    { name: 'Functions', value: functionCountWords(primary) },
    { name: 'Drivers autoprobe', value: primary.driversAutoprobe ? 'on' : 'off' },
    {
      name: 'Controls',
      value: (
        <>
          {controlled.length} secondary controllers
          {busy.length === 0 ? null : (
            <ObjectLinks
              items={busy.map((secondary) => ({ id: secondary.id, title: controllerTitle(secondary) }))}
            />
          )}
        </>
      ),
    },
    {
      name: 'VQ free',
      value: freeValue(primary.vq),
    },
    {
      name: 'VI free',
      value: freeValue(primary.vi),
    },
    {
      name: 'Virtual subsystems',
      value: primary.virtualSubsystems.available ? (
        <ObjectLinks items={virtual.map((one) => ({ id: one.id, title: virtualSubsystemTitle(one) }))} />
      ) : (
        primary.virtualSubsystems.reason
      ),
    },
    {
      name: 'Migration',
      value: primary.migration.available ? interfaceWords(primary) : primary.migration.reason,
    },
  ];
}

/** What is left, or why nobody knows and what would tell. */
function freeValue(pool: FlexibleResources): string {
  return pool.gap === undefined ? freeWords(pool) : gapWords(pool.gap);
}

/** The identity, whole and with a copy button, because it is what people compare. */
function identityRows(controller: Controller): FactRow[] {
  const { identity, kernelIdentity } = controller;
  const common: FactRow[] = [
    { name: 'CNTLID', value: cntlidValue(controller), mono: true },
    {
      name: 'PCI address',
      value: controller.pciAddress ?? '–',
      mono: true,
      copy: controller.pciAddress ?? '',
    },
    {
      name: 'Driver',
      value: controller.driver ?? recorded(controller, 'driver', 'none'),
      mono: true,
    },
    ...(controller.role === 'plain' && controller.transport === 'pcie'
      ? [{ name: 'SR-IOV', value: recorded(controller, 'sriov', 'none') }]
      : []),
    { name: 'IOMMU group', value: controller.iommuGroup ?? '–', mono: true },
  ];
  if (identity === null)
    return [
      ...common,
      { name: 'Identity', value: 'Identify Controller could not be read.' },
      ...(kernelIdentity === undefined
        ? []
        : [
            {
              ...{ name: 'Serial number', value: kernelIdentity.serialNumber, mono: true },
              copy: kernelIdentity.serialNumber,
            },
            { name: 'Model number', value: kernelIdentity.modelNumber },
            { name: 'Firmware', value: kernelIdentity.firmwareRevision, mono: true },
          ]),
    ];
  return [
    ...common,
    { name: 'Subsystem NQN', value: identity.subsystemNqn, mono: true, copy: identity.subsystemNqn },
    { name: 'Serial number', value: identity.serialNumber, mono: true, copy: identity.serialNumber },
    { name: 'Model number', value: identity.modelNumber },
    { name: 'Firmware', value: identity.firmwareRevision, mono: true },
    { name: 'NVMe version', value: versionText(identity.version), mono: true },
  ];
}

function cntlidValue(controller: Controller): string {
  const words = cntlidWords(controller);
  return knowsCntlid(controller) ? words : recorded(controller, 'cntlid', words);
}

/** A value, or that nobody recorded it, with the command that would tell. */
function recorded(controller: Controller, fact: NotRecordedFact['fact'], value: string): string {
  const tellBy = tellingCommandOf(controller, fact);
  return tellBy === null ? value : gapWords({ kind: 'not-recorded', tellBy });
}

/** VER, as the VS property has it: major in 31:16, minor in 15:8, tertiary in 7:0 (NVMe Base 2.1, 3.1.4.2). */
function versionText(version: number): string {
  return `${version >>> 16}.${(version >>> 8) & 0xff}.${version & 0xff}`;
}

/** The namespaces with their sizes; also for a controller that has none. */
function namespaceRow(fleet: Fleet, controller: Controller): FactRow {
  const items = namespacesOf(fleet, controller).map((namespace) => ({
    id: namespace.id,
    title: `n${namespace.nsid} (${formatCapacity(namespace.sizeBytes)})`,
  }));
  return { name: 'Namespaces', mono: true, value: <ObjectLinks items={items} none="none attached" /> };
}

/** Title of a controller for the head of the inspector. */
export function controllerHead(fleet: Fleet, controller: Controller): { title: string; place: string } {
  const place = [controllerFullTitle(fleet, controller), controller.pciAddress, controller.driver]
    .filter((part) => part !== null)
    .join(' · ');
  const role = { primary: 'Primary controller', secondary: 'Secondary controller', plain: 'Controller' }[
    controller.role
  ];
  return { title: `${role} ${controllerTitle(controller)}`, place };
}
