import type { Controller, Fleet, PrimaryController } from '../fleet/schema.ts';
import { type BaselineRow, baselineRows, combine } from './baseline.ts';
import { fieldValue } from './exposed-fields.ts';
import { lossWords } from './value-words.ts';

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
      words: joinLosses(rows, primary),
      obstacles: obstaclesOf(members, primary),
    }))
    .sort(
      (left, right) =>
        left.obstacles.length - right.obstacles.length ||
        left.words.length - right.words.length ||
        left.primary.id.localeCompare(right.primary.id),
    );
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

function joinLosses(rows: readonly BaselineRow[], candidate: Controller): string[] {
  return rows.flatMap(({ field, common }) => {
    const value = fieldValue(field, candidate);
    return value === null ? [] : lossWords(field, common, combine(field, common, value));
  });
}

/** What no mask can make equal: a guest caches the vendor of its controller. */
function obstaclesOf(members: readonly PrimaryController[], candidate: PrimaryController): string[] {
  const reasons: string[] = [];
  if (candidate.identity === null) return ['its Identify Controller could not be read'];
  for (const [name, key] of [
    ['PCI vendor (VID)', 'vid'],
    ['PCI subsystem vendor (SSVID)', 'ssvid'],
  ] as const) {
    const wanted = members.find((member) => member.identity !== null)?.identity?.[key];
    if (wanted !== undefined && wanted !== candidate.identity[key]) reasons.push(`another ${name}`);
  }
  if (!candidate.migration.available) reasons.push(`no migration: ${candidate.migration.reason}`);
  return reasons;
}
