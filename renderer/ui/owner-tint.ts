/** How many owner tints the tokens have (`--vs1` … `--vs6`, backgrounds `--vs1b` …). */
export const ownerTintCount = 6;

/**
 * The tint of a virtual subsystem, 1-6. Virtual subsystems with the same NQN (the two sides of a migration) get the same
 * one. Tints go in order of first appearance among all NQNs, so that few virtual subsystems never share a tint.
 */
export function ownerTints(nqns: Iterable<string>): ReadonlyMap<string, number> {
  const tints = new Map<string, number>();
  for (const nqn of [...new Set(nqns)]) tints.set(nqn, (tints.size % ownerTintCount) + 1);
  return tints;
}
