import { succeed } from '#shared/result.ts';
import type { StandingAudit } from '../ownership/standing-audit.ts';
import type { Handlers } from './handler.ts';

/** Who has what, and what is not in order about it. */
export function createOwnershipHandlers(audit: Pick<StandingAudit, 'findings'>): Handlers<'ownership:audit'> {
  return { 'ownership:audit': async () => succeed({ findings: audit.findings() }) };
}
