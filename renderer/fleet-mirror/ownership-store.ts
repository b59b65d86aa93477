import { create } from 'zustand';
import type { OwnershipFinding } from '#shared/ownership/finding.ts';
import { client } from '../bridge/client.ts';

/** What the audit of ownership of the open fleet says now; empty: everything is in order. */
export const useOwnership = create<{ readonly findings: readonly OwnershipFinding[] }>(() => ({
  findings: [],
}));

/** Takes the newest result of the audit. */
export function takeOwnership({ findings }: { readonly findings: readonly OwnershipFinding[] }): void {
  useOwnership.setState({ findings });
}

/** Asks for it, when the window opens and after another fleet was opened. */
export async function loadOwnership(): Promise<void> {
  const answer = await client.call('ownership:audit', {});
  if (answer.ok) takeOwnership(answer.value);
}
