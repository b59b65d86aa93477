import { isRecord } from '#shared/bounds/is-record.ts';
import type { Database } from '../database.ts';
import { parseJson } from '../parse-json.ts';

type Values = Readonly<Record<string, unknown>>;

/** Fields in which intents of formats 1 and 2 named the one object that they were about, and the list that names it now. */
const lists: Readonly<Record<string, readonly [one: string, list: string]>> = {
  'set-resources': ['secondaryId', 'secondaryIds'],
  'set-online': ['secondaryId', 'secondaryIds'],
  'set-vf-count': ['primaryId', 'primaryIds'],
  'allocate-to-primary': ['primaryId', 'primaryIds'],
  'set-namespaces': ['controllerId', 'controllerIds'],
  'delete-virtual-subsystem': ['virtualSubsystemId', 'virtualSubsystemIds'],
  'remove-from-virtual-subsystem': ['secondaryId', 'secondaryIds'],
  reset: ['controllerId', 'controllerIds'],
  'set-driver': ['controllerId', 'controllerIds'],
};

/**
 * Format 3: an intent is about a list, one object being a list of one. The intents of stored runs, and of the ways out in
 * their audits, are written anew; what is no JSON stays as it is, and is set aside when it is read.
 */
export function rewriteIntentsOfOne(database: Database): void {
  const kinds = Object.keys(lists)
    .map((kind) => `'${kind}'`)
    .join(', ');
  const rows = database.all(
    `SELECT sequence FROM runs
       WHERE CASE WHEN json_valid(plan) THEN json_extract(plan, '$.intent.kind') END IN (${kinds})
          OR state LIKE '%"intent"%'`,
  );
  for (const { sequence } of rows) {
    const row = database.get('SELECT plan, state FROM runs WHERE sequence = ?', Number(sequence));
    const plan = parseJson(row?.plan);
    const state = parseJson(row?.state);
    if (!isRecord(plan) || !isRecord(state)) continue;
    const steps = Array.isArray(plan.steps) ? plan.steps : [];
    const rewritten = { ...plan, intent: intentOfList(plan.intent, steps) };
    database.run(
      'UPDATE runs SET plan = ?, state = ? WHERE sequence = ?',
      JSON.stringify(rewritten),
      JSON.stringify(withAudit(state)),
      Number(sequence),
    );
  }
}

function withAudit(state: Values): Values {
  if (!Array.isArray(state.audit)) return state;
  const audit = state.audit.map((finding) =>
    isRecord(finding) && Array.isArray(finding.waysOut)
      ? {
          ...finding,
          waysOut: finding.waysOut.map((way) =>
            isRecord(way) && 'intent' in way ? { ...way, intent: intentOfList(way.intent, []) } : way,
          ),
        }
      : finding,
  );
  return { ...state, audit };
}

/** The intent about a list; one that is in no old form as it is. */
function intentOfList(intent: unknown, steps: readonly unknown[]): unknown {
  if (!isRecord(intent)) return intent;
  const names = Object.hasOwn(lists, String(intent.kind)) ? lists[String(intent.kind)] : undefined;
  if (names === undefined || typeof intent[names[0]] !== 'string') return intent;
  const { [names[0]]: one, nsids, ...rest } = intent;
  const about = { ...rest, [names[1]]: [one] };
  return intent.kind === 'set-namespaces' ? { ...about, ...namespacesOf(nsids, steps) } : about;
}

/** It named all that was to be attached; what was to be detached stands in the steps. */
function namespacesOf(nsids: unknown, steps: readonly unknown[]) {
  const detach = steps.flatMap((planned) =>
    isRecord(planned) && isRecord(planned.step) && planned.step.kind === 'detach-namespace'
      ? [planned.step.nsid]
      : [],
  );
  return { attach: nsids, detach };
}
