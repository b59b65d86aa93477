import type { Fleet, VirtualMachine } from '../fleet/schema.ts';
import type { Intent } from '../procedure/intent.ts';
import { plan } from '../procedure/plan/plan.ts';
import type { ProcedureRun } from '../procedure/procedure.ts';
import { shellQuoted } from '../procedure/steps/shell.ts';
import type { WayOut } from './finding.ts';

/** A procedure that may help. */
export interface Candidate {
  readonly words: string;
  readonly intent: Intent;
}

/** The procedures among these that can be planned on the fleet as it is, in this order. */
export function changes(fleet: Fleet, candidates: readonly Candidate[]): WayOut[] {
  return candidates.flatMap(({ words, intent }): WayOut[] =>
    plan(fleet, intent).ok ? [{ kind: 'change', words, intent }] : [],
  );
}

/** Lines of libvirt for a virtual machine; the words name the host that they are for. */
export function onShell(
  fleet: Fleet,
  { hostId, name }: VirtualMachine,
  words: string,
  command: string,
): WayOut {
  const host = fleet.hosts[hostId]?.name ?? hostId;
  return {
    kind: 'shell',
    words: `${words}, on ${host}`,
    commandLines: [`virsh ${command} ${shellQuoted(name)}`],
  };
}

/** Where to look when there is nothing better; its actions say why not, where they cannot help now. */
export function show(words: string, objectId: string): WayOut {
  return { kind: 'show', words, objectId };
}

/** An interrupted run that has one of these objects in its hands is the first thing to deal with. */
export function recovery(
  runs: readonly ProcedureRun[],
  objectIds: readonly string[],
  objectsOf: (run: ProcedureRun) => ReadonlySet<string>,
): WayOut[] {
  return runs
    .filter((run) => run.status === 'interrupted' && objectIds.some((id) => objectsOf(run).has(id)))
    .map((run) => ({
      kind: 'recover',
      words: `Resume “${run.plan.title}”, or roll it back`,
      runId: run.id,
    }));
}
