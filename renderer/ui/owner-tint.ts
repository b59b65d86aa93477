/** How many owner tints the tokens have (`--vs1` … `--vs6`, backgrounds `--vs1b` …). */
const ownerTintCount = 6;

/** Tints given out in this window: a virtual subsystem keeps its own when others come and go, and when it moves. */
const given = new Map<string, number>();

/**
 * The tints of virtual subsystems by NQN, 1-6. Virtual subsystems with the same NQN (the two sides of a migration) have
 * the same one. A new NQN gets the lowest tint that none of the others shown has, as long as there is one.
 */
export function ownerTints(nqns: Iterable<string>): ReadonlyMap<string, number> {
  const shown = [...new Set(nqns)];
  const used = new Set(shown.flatMap((nqn) => given.get(nqn) ?? []));
  for (const [index, nqn] of shown.entries()) {
    if (given.has(nqn)) continue;
    let tint = 1;
    while (used.has(tint) && tint < ownerTintCount) tint += 1;
    if (used.has(tint)) tint = (index % ownerTintCount) + 1;
    given.set(nqn, tint);
    used.add(tint);
  }
  return new Map(shown.map((nqn) => [nqn, given.get(nqn) ?? 1]));
}
