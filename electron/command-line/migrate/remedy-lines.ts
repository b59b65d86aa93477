import type { Fleet } from '#shared/fleet/schema.ts';
import { plan } from '#shared/procedure/plan/plan.ts';
import { fleetAfterPlan } from '#shared/procedure/remedies/fleet-after-plan.ts';
import type { PathToAble, Remedy } from '#shared/procedure/remedies/remedy.ts';

/** A remedy with the command lines that do the same by hand; none where it only changes the migration. */
export type RemedyWithLines = Remedy & { readonly commandLines: readonly string[] };

/** What would make a host able, with the lines of each change. */
export type PathWithLines = Omit<PathToAble, 'remedies'> & { readonly remedies: readonly RemedyWithLines[] };

/** The command lines of what a remedy changes, in the order of its plan. */
export function remedyLines(fleet: Fleet, remedy: Remedy): string[] {
  if (remedy.kind === 'request') return [];
  const planned = plan(fleet, remedy.intent);
  return planned.ok ? planned.value.steps.flatMap(({ commandLines }) => commandLines) : [];
}

/** A path with the lines of each remedy, planned on what the ones before it leave. */
export function withLines(fleet: Fleet, path: PathToAble): PathWithLines {
  let now = fleet;
  const remedies = path.remedies.map((remedy) => {
    const commandLines = remedyLines(now, remedy);
    const planned = remedy.kind === 'change' ? plan(now, remedy.intent) : null;
    if (planned?.ok) now = fleetAfterPlan(now, planned.value);
    return { ...remedy, commandLines };
  });
  return { ...path, remedies };
}
