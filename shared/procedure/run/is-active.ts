import type { ProcedureRun } from '../procedure.ts';

/** Whether a run still goes on, forwards or backwards. */
export function isActive({ status }: Pick<ProcedureRun, 'status'>): boolean {
  return status === 'running' || status === 'aborting';
}
