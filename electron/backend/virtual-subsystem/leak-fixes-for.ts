import type { PrimaryController, VirtualSubsystem } from '#shared/fleet/schema.ts';
import { virtualSubsystemTitle } from '#shared/fleet/selectors.ts';
import { logPageIdentifiers } from '#shared/nvme/commands/get-log-page.ts';
import { identifyControllerFields } from '#shared/nvme/layouts/identify/identify-controller-fields.ts';
import type { ExposedStructure } from '#shared/nvme/layouts/proposal/virtual-subsystem-capabilities.ts';
import type { Intent } from '#shared/procedure/intent.ts';
import { baselineRows, entryOf } from '#shared/virtual-subsystem/baseline/baseline.ts';
import type { LeakFinding } from '#shared/virtual-subsystem/leak-check/leak-finding.ts';
import { equalizingMask, neutralIdentity } from '#shared/virtual-subsystem/leak-check/leak-fixes.ts';
import {
  byOffset,
  type ExposedCapability,
  structureOf,
} from '#shared/virtual-subsystem/mask/exposed-capability.ts';
import { isOfField } from '#shared/virtual-subsystem/mask/exposed-fields.ts';

/** What the fixes are made from. */
export interface Leaks {
  readonly findings: readonly LeakFinding[];
  /** The virtual subsystem on every host, so that all stay the same. */
  readonly instances: readonly VirtualSubsystem[];
  readonly subsystem: VirtualSubsystem;
  /** Identify Controller here and under every other primary. */
  readonly answers: readonly Uint8Array[];
  /** The primaries that were compared, the own one first. */
  readonly primaries: readonly PrimaryController[];
}

/** Bytes that only the identity may set, and those that no mask can make equal. */
const untouchable = identifyControllerFields.filter(({ key }) =>
  ['vid', 'ssvid', 'sn', 'mn', 'fr', 'ieee', 'cntlid', 'cntrltype', 'fguid', 'subnqn'].includes(key),
);

/** At most one change of the identity and one of the mask, which close everything that can be closed. */
export function leakFixes({ findings, instances, subsystem, answers, primaries }: Leaks): {
  title: string;
  intent: Intent;
}[] {
  const virtualSubsystemIds = instances.map(({ id }) => id);
  const name = virtualSubsystemTitle(subsystem);
  const wants = (...kinds: readonly LeakFinding['fix'][]) => findings.some(({ fix }) => kinds.includes(fix));
  const fixes: { title: string; intent: Intent }[] = [];
  const pci = primaries[0]?.offered?.pci;
  if (wants('identity') || (wants('pci') && pci !== undefined)) {
    const { identity } = subsystem;
    const named = wants('identity') ? neutralIdentity(subsystem.nqn, identity) : identity;
    fixes.push({
      title: wants('identity')
        ? `Give ${name} a complete identity of its own`
        : `Keep the PCI identifiers of ${name}`,
      intent: {
        kind: 'set-virtual-identity',
        virtualSubsystemIds,
        identity: wants('pci') && pci !== undefined ? { ...named, pci: withoutClass(pci) } : named,
      },
    });
  }
  if (wants('narrow', 'hide')) {
    const keep = (byte: number) =>
      untouchable.some(({ offset, size }) => byte >= offset && byte < offset + size);
    const identify = equalizingMask(answers, subsystem.exposed, keep);
    fixes.push({
      title: 'Narrow and hide what differs',
      intent: {
        kind: 'set-exposed-capabilities',
        virtualSubsystemIds,
        exposed: [...narrowedOutside(identify, findings, primaries)].sort(byOffset),
      },
    });
  }
  return fixes;
}

function withoutClass(pci: NonNullable<PrimaryController['offered']>['pci']) {
  const { vendorId, deviceId, subsystemVendorId, subsystemId, revision } = pci;
  return { vendorId, deviceId, subsystemVendorId, subsystemId, revision };
}

/** The structure that a mask narrows to close a leak that this source shows. */
const structureOfSource: Readonly<Partial<Record<string, ExposedStructure>>> = {
  'Controller properties': 'properties',
  'Identify Namespace': 'lba-formats',
  'Get Log Page': 'log-pages',
  'Get Features': 'features',
};

/** Pages that list what Identify Controller announces: narrowing that makes them equal, so that they need not go. */
const followsIdentify = [
  `Get Log Page:${logPageIdentifiers.supportedLogPages.value}`,
  `Get Log Page:${logPageIdentifiers.commandsSupportedAndEffects.value}`,
];

/** The mask with the baseline of every other structure that leaks; log pages and features that differ are taken away. */
function narrowedOutside(
  mask: readonly ExposedCapability[],
  findings: readonly LeakFinding[],
  primaries: readonly PrimaryController[],
): readonly ExposedCapability[] {
  const isNarrowing = findings.some(
    ({ source, fix }) => source === 'Identify Controller' && fix === 'narrow',
  );
  const leaking = findings.filter(
    ({ id, fix }) => fix === 'narrow' && !(isNarrowing && followsIdentify.includes(id)),
  );
  const structures = new Set(leaking.flatMap(({ source }) => structureOfSource[source] ?? []));
  const added = baselineRows(primaries).flatMap(({ field, common }) => {
    if (!structures.has(field.structure)) return [];
    const before = mask.find((entry) => isOfField(field, entry));
    const kept = before === undefined ? common : common & Number(BigInt(before.value));
    const differing =
      field.structure === 'log-pages' || field.structure === 'features'
        ? bitsThatDiffer(leaking, field.structure, field.offset * 8)
        : 0;
    const value = field.rule === 'keep-bits' ? (kept & ~(differing & ~field.kept)) >>> 0 : common;
    return [entryOf(field, value)];
  });
  const replaced = (entry: ExposedCapability) =>
    added.some((other) => structureOf(other) === structureOf(entry) && other.offset === entry.offset);
  return [
    ...mask.filter((entry) => structureOf(entry) === 'identify-controller' || !replaced(entry)),
    ...added,
  ];
}

/** Log pages or features that answer differently, as bits of the word that begins with `first`. */
function bitsThatDiffer(
  leaking: readonly LeakFinding[],
  structure: 'log-pages' | 'features',
  first: number,
): number {
  let bits = 0;
  for (const { id, source } of leaking) {
    if (structureOfSource[source] !== structure) continue;
    const bit = Number(id.slice(id.lastIndexOf(':') + 1)) - first;
    if (bit >= 0 && bit < 32) bits += 2 ** bit;
  }
  return bits;
}
