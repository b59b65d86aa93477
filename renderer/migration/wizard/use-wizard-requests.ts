import { useEffect, useRef } from 'react';
import type { MigrationRequest } from '#shared/migration/request.ts';
import { client } from '../../bridge/client.ts';
import { useFleetMirror } from '../../fleet-mirror/fleet-store.ts';
import { dispatch } from './dispatch.ts';
import { checkKey, requestOf, type WizardState } from './wizard-state.ts';

/** Choices that follow each other faster are checked once. */
const checkDelayMilliseconds = 150;

/** Asks for the mapping when a destination was chosen, and for the checks whenever a choice or the fleet changed. */
export function useWizardRequests(state: WizardState): void {
  const revision = useFleetMirror((mirror) => mirror.revision);
  useProposal(state);
  const request = requestOf(state);
  const key = request === null ? null : checkKey(request);
  const asked = useRef('');
  const awaits = state.check.kind === 'checking';
  useEffect(() => {
    if (key === null) return undefined;
    const about = `${revision} ${key}`;
    // A choice that was made again, or taken back at once, awaits an answer that nobody else asks for.
    if (about === asked.current && !awaits) return undefined;
    asked.current = about;
    dispatch({ kind: 'checking' });
    const timer = setTimeout(() => {
      void check(JSON.parse(key) as MigrationRequest);
    }, checkDelayMilliseconds);
    return () => clearTimeout(timer);
  }, [key, revision, awaits]);
}

function useProposal({ choice }: WizardState): void {
  const awaited = choice.kind === 'destination' && choice.mapping.kind === 'proposing';
  const virtualMachineId = awaited ? choice.virtualMachineId : null;
  const destinationHostId = awaited ? choice.destinationHostId : null;
  useEffect(() => {
    if (virtualMachineId === null || destinationHostId === null) return;
    const request = { virtualMachineId, destinationHostId };
    void client.call('migration:propose', request).then((result) => {
      if (result.ok) dispatch({ kind: 'proposed', ...request, ...result.value });
      else dispatch({ kind: 'proposal-failed', ...request, error: result.error });
    });
  }, [virtualMachineId, destinationHostId]);
}

/** The answer carries its request: the reducer ignores one to an older request. */
async function check(request: MigrationRequest): Promise<void> {
  const result = await client.call('migration:check', { request });
  if (result.ok) dispatch({ kind: 'checked', request, answer: result.value, at: Date.now() });
  else dispatch({ kind: 'check-failed', request, error: result.error });
}
