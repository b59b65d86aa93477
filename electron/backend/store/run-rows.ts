import { z } from 'zod';
import { intentSchema } from '#shared/procedure/intent.ts';
import {
  type ProcedureRun,
  planSchema,
  procedureRunSchema,
  type StepRun,
  waitingStep,
} from '#shared/procedure/procedure.ts';
import type { Database } from './database.ts';
import { parseJson } from './parse-json.ts';
import type { JournalEntry, RunHead, StoredHead, StoredRun } from './run-store.ts';

/** What the table holds of runs that this program has written, so that only steps that changed are written again. */
export type WrittenSteps = Map<string, readonly StepRun[]>;

/** Writes what changed of a run since it was last written, with the lines of its journal; part of a transaction. */
export function writeRun(
  database: Database,
  { run, source }: StoredRun,
  entries: readonly JournalEntry[],
  written: WrittenSteps,
): void {
  const { id, plan, steps, status, ...state } = run;
  const before = written.get(id);
  const rest = JSON.stringify({ id, status, ...state });
  if (before !== undefined)
    database.run('UPDATE runs SET status = ?, state = ? WHERE id = ?', status, rest, id);
  else {
    const { title, intent } = plan;
    const head = JSON.stringify({ title, intent, stepCount: plan.steps.length });
    // The plan never changes and can be large: it is written once.
    database.run(
      `INSERT INTO runs (id, source, status, plan, state, head) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, state = excluded.state`,
      ...([id, source, status, JSON.stringify(plan), rest, head] as const),
    );
    database.run('DELETE FROM run_steps WHERE run_id = ?', id);
  }
  const waiting = JSON.stringify(waitingStep);
  for (const [index, step] of steps.entries()) {
    if (before !== undefined && before[index] === step) continue;
    const text = JSON.stringify(step);
    if (before === undefined && text === waiting) continue;
    database.run('REPLACE INTO run_steps (run_id, step, state) VALUES (?, ?, ?)', id, index, text);
  }
  written.set(id, steps);
  for (const { at, event, step } of entries)
    database.run(
      'INSERT INTO journal (run_id, at, event, step) VALUES (?, ?, ?, ?)',
      ...([id, at, event, step ?? null] as const),
    );
}

/** A whole row of `runs` with its steps; null for one that cannot be read. */
export function readRun(database: Database, row: Record<string, unknown>): StoredRun | null {
  const plan = planSchema.safeParse(parseJson(row.plan));
  const state = parseJson(row.state);
  if (!plan.success || typeof state !== 'object' || state === null) return null;
  // Formats 1 to 3 kept the steps in the state.
  const known: unknown[] = 'steps' in state && Array.isArray(state.steps) ? state.steps : [];
  const steps = plan.data.steps.map((_, index): unknown => known[index] ?? waitingStep);
  for (const one of database.all('SELECT step, state FROM run_steps WHERE run_id = ?', String(row.id)))
    steps[Number(one.step)] = parseJson(one.state);
  const run = procedureRunSchema.omit({ plan: true }).safeParse({ ...state, steps });
  if (!run.success || run.data.steps.length !== plan.data.steps.length) return null;
  return { run: { ...run.data, plan: plan.data }, source: String(row.source) };
}

const headSchema = z.object({ title: z.string(), intent: intentSchema, stepCount: z.number().int().min(1) });
const stateSchema = procedureRunSchema.omit({ plan: true, steps: true });

/** A row of `runs` without its plan and its steps; null for one that cannot be read. */
export function readHead(row: Record<string, unknown>): StoredHead | null {
  const head = headSchema.safeParse(parseJson(row.head));
  const state = stateSchema.safeParse(parseJson(row.state));
  if (!head.success || !state.success) return null;
  const { title, intent, stepCount } = head.data;
  return { run: { ...state.data, plan: { title, intent }, stepCount }, source: String(row.source) };
}

/** The same of a run that is at hand. */
export function headOf({ plan, steps, ...state }: ProcedureRun): RunHead {
  const { title, intent } = plan;
  return { ...state, plan: { title, intent }, stepCount: steps.length };
}
