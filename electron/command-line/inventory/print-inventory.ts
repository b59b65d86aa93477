import type { PlacedFinding } from '#backend/hosts/outputs/recognise-text.ts';
import { deviceAbilities, knownDeviceOf } from '#shared/fleet/device-abilities.ts';
import type { FlexibleResources } from '#shared/fleet/flexible-resources.ts';
import { gapWords } from '#shared/fleet/gap.ts';
import { driverWords, noSriovWords, tellingCommandOf } from '#shared/fleet/not-recorded.ts';
import type {
  Controller,
  Fleet,
  Host,
  PrimaryController,
  Problem,
  SecondaryController,
} from '#shared/fleet/schema.ts';
import {
  cntlidWords,
  freeWords,
  functionAddress,
  knowsCntlid,
  secondariesOf,
  stateWord,
} from '#shared/fleet/selectors.ts';
import { lifeCycleOf } from '#shared/virtual-subsystem/life-cycle/life-cycle.ts';

/** The fleet as an indented text: hosts, their controllers with secondaries below their primary, namespaces, problems. */
export function inventoryText(fleet: Fleet, { findings }: Opened = { findings: [] }): string {
  const lines = [fleet.source.label];
  if (fleet.source.readOnly !== null) lines.push(`Read-only: ${fleet.source.readOnly}`);
  if (findings.length > 0) lines.push('', 'Recognised', ...findings.map(findingLine));
  for (const host of Object.values(fleet.hosts)) lines.push('', ...hostLines(fleet, host));
  const namespaces = Object.values(fleet.namespaces);
  if (namespaces.length > 0) lines.push('', 'Namespaces');
  for (const namespace of namespaces) {
    const attached = namespace.attachedTo.map((id) => shortName(fleet.controllers[id], id)).join(', ');
    const kind = namespace.shared ? 'shared' : 'private';
    lines.push(
      `  ${namespace.subsystemId} namespace ${namespace.nsid}: ${namespace.sizeBytes === '0' ? 'size not recorded' : `${namespace.sizeBytes} bytes`}, ${namespace.blockSize} B blocks, ${kind}, attached to ${attached || 'nothing'}`,
    );
  }
  const virtual = Object.values(fleet.virtualSubsystems);
  if (virtual.length > 0) lines.push('', 'Virtual subsystems (proposal, not an NVMe standard)');
  for (const subsystem of virtual) {
    const members = subsystem.members.map(
      (member) =>
        `${shortName(fleet.controllers[member.controllerId], member.controllerId)} as ${member.virtualControllerId}`,
    );
    const state = lifeCycleOf(fleet, subsystem, []);
    lines.push(
      `  ${subsystem.nqn} of ${subsystem.primaryId}, ${state}: ${members.join(', ') || 'no members'}`,
    );
  }
  const all = allProblems(fleet);
  const missing = all.filter(({ tellBy }) => tellBy !== undefined);
  if (missing.length > 0) lines.push('', `Not recorded, with what would tell it (${missing.length})`);
  for (const { message, tellBy } of missing)
    lines.push(`  ${message.replace(/^Not recorded: /, '')}`, `    ${tellBy}`);
  const problems = all.filter(({ tellBy }) => tellBy === undefined);
  if (problems.length > 0) lines.push('', `Unreadable or doubtful (${problems.length})`);
  for (const problem of problems) lines.push(...problemLines(problem));
  return `${lines.join('\n')}\n`;
}

/** What was opened, beside the fleet that it shows. */
interface Opened {
  readonly findings: readonly PlacedFinding[];
}

function findingLine({ file, line, title, form, device, holds }: PlacedFinding): string {
  const where = file === '' ? `line ${line}` : `${file} line ${line}`;
  return `  ${where}: ${title} (${form})${device === null ? '' : ` of ${device}`}: ${holds}`;
}

function hostLines(fleet: Fleet, host: Host): readonly string[] {
  const kernel = host.kernel === '' ? '' : `, Linux ${host.kernel}`;
  const lines = [`Host ${host.name} (${host.kind}${kernel})`];
  const controllers = Object.values(fleet.controllers).filter((known) => known.hostId === host.id);
  for (const controller of controllers) {
    if (controller.role === 'secondary') continue;
    lines.push(`  ${controllerText(fleet, controller)}`);
    if (controller.role !== 'primary') continue;
    lines.push(`    VQ ${resourcesText(controller.vq)}; VI ${resourcesText(controller.vi)}`);
    lines.push(...abilityLines(fleet, controller), ...knownLines(controller));
    for (const id of controller.secondaryIds) {
      const secondary = fleet.controllers[id];
      if (secondary !== undefined) lines.push(`    ${controllerText(fleet, secondary)}`);
    }
  }
  for (const machine of Object.values(fleet.virtualMachines)) {
    if (machine.hostId !== host.id) continue;
    const devices = machine.deviceIds.map((id) => shortName(fleet.controllers[id], id)).join(', ');
    lines.push(
      `  VM ${machine.name}: ${machine.state}, ${machine.vcpus} CPUs, owns ${devices || 'no controller'}`,
    );
  }
  return lines;
}

/** What the device can do, in one line, and why not what it cannot, each in a line of its own. */
function abilityLines(fleet: Fleet, controller: Controller): readonly string[] {
  const abilities = deviceAbilities(fleet, controller);
  const able = abilities.filter(({ verdict }) => verdict === 'yes').map(({ title }) => title);
  return [
    `    Can: ${able.join(', ') || 'none of the optional abilities'}`,
    ...abilities
      .filter(({ verdict }) => verdict !== 'yes')
      .map(
        ({ title, verdict, reason }) =>
          `    ${verdict === 'no' ? 'Cannot' : 'Not known'}: ${title}. ${reason}`,
      ),
  ];
}

/** The profile of the device: what is known of its kind, each with its source. */
function knownLines(controller: Controller): readonly string[] {
  const known = knownDeviceOf(controller);
  return (known?.facts ?? []).map(
    ({ says, source }) => `    Known of a ${known?.title}: ${says} (${source})`,
  );
}

function controllerText(fleet: Fleet, controller: Controller): string {
  const address = functionAddress(controller);
  const where = [
    controller.deviceName,
    address === controller.deviceName ? null : address,
    driverWords(controller, 'no driver'),
  ]
    .filter((part) => part !== null)
    .join(' ');
  const known = controller.identity ?? controller.kernelIdentity;
  const name = known === undefined ? '' : `${known.modelNumber} ${known.serialNumber}`.trim();
  const who = name === '' ? '' : `, ${name}`;
  switch (controller.role) {
    case 'primary':
      return `primary ${cntlidText(controller)} (${where})${who}, ${functionsText(fleet, controller)}, controls ${controller.secondaryIds.length} secondary controllers`;
    case 'secondary': {
      const state = stateWord(controller).toLowerCase();
      const about = `${kindText(controller)}: ${state}, ${heldText(controller)} (${where})`;
      return `secondary ${cntlidText(controller)} ${about}${controllingText(fleet, controller)}`;
    }
    case 'plain':
      return `controller ${cntlidText(controller)} (${where}, ${controller.transport})${who}, ${noSriovWords(controller)}`;
  }
}

/** How many functions it controls, of each kind that it can have. */
function functionsText(fleet: Fleet, primary: PrimaryController): string {
  const { maximumProvisioned } = primary.functions;
  const provisioned = secondariesOf(fleet, primary).filter(
    ({ functionKind }) => functionKind === 'siov',
  ).length;
  const parts = [
    primary.totalVfs > 0 ? vfWords(primary) : '',
    maximumProvisioned > 0 ? `${provisioned} of ${maximumProvisioned} functions provisioned (proposal)` : '',
  ];
  return parts.filter((part) => part !== '').join(', ') || 'no functions';
}

/** Without sysfs or lspci, the virtual functions are only those that the Secondary Controller List names. */
function vfWords(primary: PrimaryController): string {
  return tellingCommandOf(primary, 'sriov') === null
    ? `${primary.numVfs} of ${primary.totalVfs} VFs enabled`
    : `${primary.totalVfs} VFs listed, number of enabled VFs not recorded`;
}

function cntlidText(controller: Controller): string {
  return `CNTLID ${knowsCntlid(controller) ? controller.cntlid : cntlidWords(controller)}`;
}

function heldText({ unlisted, nvq, nvi }: SecondaryController): string {
  return unlisted === undefined
    ? `${nvq} VQ, ${nvi} VI`
    : `Secondary Controller List ${gapWords(unlisted.gap)}`;
}

/** `VF 3`, or `provisioned function`, and what its controlling function keeps it from. */
function kindText({ functionKind, vfn, visible, migrationEnabled }: SecondaryController): string {
  const kind = functionKind === 'vf' ? `VF ${vfn}` : 'provisioned function (SIOV-like)';
  return `${kind}${visible ? '' : ', hidden'}${migrationEnabled ? '' : ', migration not enabled'}`;
}

/** The way back from a controlled function: its controlling function, its virtual subsystem and who has it. */
function controllingText(
  fleet: Fleet,
  { primaryId, virtualSubsystemId, virtualControllerId, virtualMachineId }: SecondaryController,
): string {
  const primary = fleet.controllers[primaryId];
  const subsystem = virtualSubsystemId === null ? undefined : fleet.virtualSubsystems[virtualSubsystemId];
  const machine = virtualMachineId === null ? undefined : fleet.virtualMachines[virtualMachineId];
  const member = subsystem === undefined ? '' : `, ${virtualControllerId} of ${subsystem.nqn}`;
  const by = primary === undefined ? '' : `, controlled by CNTLID ${primary.cntlid}`;
  return `${by}${member}${machine === undefined ? '' : `, with ${machine.name}`}`;
}

function resourcesText(resources: FlexibleResources): string {
  const { gap, supported, total, assignedToSecondaries, allocatedToPrimary } = resources;
  if (gap !== undefined) return gapWords(gap);
  if (!supported || assignedToSecondaries + allocatedToPrimary > total) return freeWords(resources);
  return `${freeWords(resources)} free, ${assignedToSecondaries} with secondaries, ${allocatedToPrimary} with the primary`;
}

function shortName(controller: Controller | undefined, id: string): string {
  if (controller === undefined) return id;
  return knowsCntlid(controller) ? cntlidText(controller) : (controller.deviceName ?? id);
}

/** Problems of the fleet and of everything in it, each once. */
export function allProblems(fleet: Fleet): readonly Problem[] {
  const found = [
    ...fleet.problems,
    ...Object.values(fleet.hosts).flatMap((host) => host.problems),
    ...Object.values(fleet.controllers).flatMap((controller) => controller.problems),
    ...Object.values(fleet.namespaces).flatMap((namespace) => namespace.problems),
  ];
  const keyed = new Map(found.map((problem) => [JSON.stringify(problem), problem]));
  return [...keyed.values()];
}

function problemLines(problem: Problem): readonly string[] {
  const where = problem.field === undefined ? problem.source : `${problem.source}, ${problem.field}`;
  return [`  ${where}: ${problem.message}`, ...(problem.fix === undefined ? [] : [`    ${problem.fix}`])];
}
