import type { Controller, Fleet, PrimaryController, VirtualIdentity } from '../../fleet/schema.ts';
import { pciWords } from '../identity/identity-wire.ts';
import { fieldValue } from '../mask/exposed-fields.ts';
import { lossWords } from '../mask/value-words.ts';
import { type BaselineRow, baselineRows, combine } from './baseline.ts';

/** What one more or one fewer member of a baseline would change for the guest. */
export interface Suggestion {
  readonly primary: PrimaryController;
  /** What the guest loses (joining) or gets back (leaving), in words; empty when nothing. */
  readonly words: readonly string[];
  /** Why it can never be a member, in words; empty when it can. */
  readonly obstacles: readonly string[];
}

/** Primary controllers that could join, the smallest narrowing first; those that never can come last. */
export function joinSuggestions(fleet: Fleet, members: readonly PrimaryController[]): Suggestion[] {
  const rows = baselineRows(members);
  return hostingPrimaries(fleet)
    .filter((primary) => !members.some((member) => member.id === primary.id))
    .map((primary) => ({
      primary,
      words: joinLosses(rows, [primary]),
      obstacles: obstaclesOf(members, primary),
    }))
    .sort(
      (left, right) =>
        left.obstacles.length - right.obstacles.length ||
        left.words.length - right.words.length ||
        left.primary.id.localeCompare(right.primary.id),
    );
}

/** The smallest narrowing that makes several more primary controllers eligible at once. */
export interface JointSuggestion {
  readonly primaries: readonly PrimaryController[];
  /** What the guest loses, in words; empty when nothing. */
  readonly words: readonly string[];
}

/** Candidates of which every set is looked at: 64 sets. Of more, those that cost least by themselves. */
const comparedCandidates = 6;

/**
 * For each number of primary controllers, from two: the set of so many that costs the guest least. Those that cost nothing
 * are in every set. Exact for up to six candidates that cost something, and for the cheapest six where there are more.
 */
export function jointSuggestions(fleet: Fleet, members: readonly PrimaryController[]): JointSuggestion[] {
  const rows = baselineRows(members);
  const able = joinSuggestions(fleet, members).filter(({ obstacles }) => obstacles.length === 0);
  const free = able.filter(({ words }) => words.length === 0).map(({ primary }) => primary);
  const costly = able.filter(({ words }) => words.length > 0).map(({ primary }) => primary);
  const best = new Map<number, JointSuggestion>();
  for (const chosen of subsets(costly.slice(0, comparedCandidates))) {
    const primaries = [...free, ...chosen];
    const fits = chosen.every(
      (one) => obstaclesOf([...members, ...primaries.filter((other) => other !== one)], one).length === 0,
    );
    if (primaries.length < 2 || !fits) continue;
    const words = joinLosses(rows, primaries);
    const known = best.get(primaries.length);
    if (known === undefined || words.length < known.words.length)
      best.set(primaries.length, { primaries, words });
  }
  return [...best.values()].sort((left, right) => left.primaries.length - right.primaries.length);
}

function subsets<Item>(items: readonly Item[]): Item[][] {
  return items.reduce<Item[][]>((sets, item) => sets.concat(sets.map((set) => [...set, item])), [[]]);
}

/** What each member costs the guest: what dropping it would give back. Members that cost nothing are left out. */
export function leaveSuggestions(members: readonly PrimaryController[]): Suggestion[] {
  const rows = baselineRows(members);
  return members.flatMap((primary) => {
    const without = baselineRows(members.filter((member) => member.id !== primary.id));
    const words = without.flatMap(({ field, common }, index) =>
      lossWords(field, common, rows[index]?.common ?? common),
    );
    return words.length === 0 ? [] : [{ primary, words, obstacles: [] }];
  });
}

/** Primary controllers that answer the virtual subsystem commands. */
export function hostingPrimaries(fleet: Fleet): PrimaryController[] {
  return Object.values(fleet.controllers).filter(
    (controller): controller is PrimaryController =>
      controller.role === 'primary' && controller.virtualSubsystems.available,
  );
}

/**
 * Primaries that a guest of this one may move to without its data staying behind: those of the same NVM subsystem. The
 * baseline of a new virtual subsystem starts from them.
 */
export function likelyMembers(fleet: Fleet, primary: PrimaryController): PrimaryController[] {
  return hostingPrimaries(fleet).filter((other) => other.subsystemId === primary.subsystemId);
}

/**
 * The PCI identifiers of a new virtual subsystem: none while all likely members show the same, because drivers choose
 * workarounds by the function's own; otherwise those of the chosen primary everywhere.
 */
export function safePci(fleet: Fleet, primary: PrimaryController | undefined): Pick<VirtualIdentity, 'pci'> {
  if (primary?.offered === undefined) return {};
  const shown = likelyMembers(fleet, primary).map(({ offered }) => offered && pciWords(offered.pci));
  if (new Set(shown).size <= 1) return {};
  const { vendorId, deviceId, subsystemVendorId, subsystemId, revision } = primary.offered.pci;
  return { pci: { vendorId, deviceId, subsystemVendorId, subsystemId, revision } };
}

/** CAP bits 36:32 and 55:48 and 18:16, which no mask can change: page sizes, doorbells, contiguous queues. */
function memoryLayout(cap: string): bigint {
  return BigInt(cap) & 0x00ff_001f_0007_0000n;
}

function joinLosses(rows: readonly BaselineRow[], candidates: readonly Controller[]): string[] {
  return rows.flatMap(({ field, common }) => {
    const values = candidates.flatMap((candidate) => fieldValue(field, candidate) ?? []);
    return lossWords(
      field,
      common,
      values.reduce((left, right) => combine(field, left, right), common),
    );
  });
}

/** What neither mask nor identity can make equal. */
function obstaclesOf(members: readonly PrimaryController[], candidate: PrimaryController): string[] {
  const reasons: string[] = [];
  if (candidate.identity === null) return ['its Identify Controller could not be read'];
  // Where the device can show other PCI identifiers, the identity makes them equal.
  const showsOthers = [...members, candidate].every(({ offered }) => offered !== undefined);
  for (const [name, key] of [
    ['PCI vendor (VID)', 'vid'],
    ['PCI subsystem vendor (SSVID)', 'ssvid'],
  ] as const) {
    const wanted = members.find((member) => member.identity !== null)?.identity?.[key];
    if (!showsOthers && wanted !== undefined && wanted !== candidate.identity[key])
      reasons.push(`another ${name}`);
  }
  const layout = members.flatMap(({ offered }) => (offered === undefined ? [] : [memoryLayout(offered.cap)]));
  if (
    candidate.offered !== undefined &&
    layout.some((one) => one !== memoryLayout(candidate.offered?.cap ?? '0x0'))
  )
    reasons.push('another memory layout (DSTRD, MPSMIN or MPSMAX of CAP)');
  if (!candidate.migration.available) reasons.push(`no migration: ${candidate.migration.reason}`);
  return reasons;
}
