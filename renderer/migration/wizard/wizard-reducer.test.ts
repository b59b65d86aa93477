import { describe, expect, it } from 'vitest';
import type { Check } from '#shared/migration/checks/check.ts';
import { defaultMigrationOptions } from '#shared/migration/default-options.ts';
import { isReachable, nextStep, previousStep, reduceWizard } from './wizard-reducer.ts';
import {
  type CheckAnswer,
  migrateBlockers,
  requestOf,
  startWizard,
  type WizardEvent,
  type WizardState,
  wasAnythingEntered,
} from './wizard-state.ts';

const devices = [
  { sourceId: 'a/3', destinationId: 'b/1', namespaces: [{ source: 2, destination: 2 }] },
  { sourceId: 'a/4', destinationId: 'b/2', namespaces: [] },
];

function wizardAfter(...events: WizardEvent[]): WizardState {
  return events.reduce(reduceWizard, startWizard(300));
}

const chosen: WizardEvent[] = [
  { kind: 'choose-source', virtualMachineId: 'hv-a:db' },
  { kind: 'choose-destination', hostId: 'hv-b' },
  { kind: 'proposed', virtualMachineId: 'hv-a:db', destinationHostId: 'hv-b', devices, unmapped: [] },
];

function check(id: string, verdict: Check['verdict']): Check {
  return {
    id,
    group: 'identity',
    title: id,
    verdict,
    evidence: 'FR 7.1.2 and 7.0.9',
    source: '7.1.2',
    destination: '7.0.9',
    fix: '',
  };
}

function answer(...checks: Check[]): CheckAnswer {
  const count = (verdict: Check['verdict']) => checks.filter((one) => one.verdict === verdict).length;
  return {
    compatibility: { checks, errors: count('error'), warnings: count('warning'), passed: count('passed') },
    downtimeForecastMilliseconds: 142,
    totalForecastMilliseconds: 9000,
  };
}

function checked(state: WizardState, given: CheckAnswer): WizardState {
  const request = requestOf(state);
  if (request === null) throw new Error('nothing to check');
  return reduceWizard(state, { kind: 'checked', request, answer: given, at: 1 });
}

describe('wizard', () => {
  it('opens a step only when everything before it was chosen', () => {
    const empty = startWizard(300);
    expect(isReachable(empty, 'destination')).toBe(false);
    expect(reduceWizard(empty, { kind: 'go', step: 'review' }).step).toBe('source');
    const half = wizardAfter(...chosen.slice(0, 2));
    expect(isReachable(half, 'mapping')).toBe(true);
    expect(isReachable(half, 'checks')).toBe(false);
    expect(reduceWizard(wizardAfter(...chosen), { kind: 'go', step: 'review' }).step).toBe('review');
  });

  it('adds up to a request only when every device is mapped or refused by name', () => {
    expect(requestOf(wizardAfter(...chosen.slice(0, 2)))).toBeNull();
    expect(requestOf(wizardAfter(...chosen))).toEqual({
      virtualMachineId: 'hv-a:db',
      destinationHostId: 'hv-b',
      devices,
      options: { ...defaultMigrationOptions, downtimeBudgetMilliseconds: 300 },
      acknowledged: [],
    });
  });

  it('ignores a proposal for a destination that is no longer chosen', () => {
    const state = wizardAfter(
      ...chosen.slice(0, 2),
      { kind: 'choose-destination', hostId: 'hv-c' },
      { kind: 'proposed', virtualMachineId: 'hv-a:db', destinationHostId: 'hv-b', devices, unmapped: [] },
    );
    expect(state.choice).toMatchObject({ destinationHostId: 'hv-c', mapping: { kind: 'proposing' } });
  });

  it('drops destination, mapping and acknowledgements when another machine is chosen', () => {
    const state = checked(wizardAfter(...chosen), answer(check('fr', 'warning')));
    const acknowledged = reduceWizard(state, { kind: 'acknowledge', ids: ['fr'], acknowledged: true });
    const changed = reduceWizard(acknowledged, { kind: 'choose-source', virtualMachineId: 'hv-a:web' });
    expect(changed.choice).toEqual({ kind: 'source', virtualMachineId: 'hv-a:web' });
    expect(changed.acknowledged).toEqual([]);
    expect(changed.check).toEqual({ kind: 'idle' });
  });

  it('maps a device that had no proposal and leaves one without destination unmapped', () => {
    const state = wizardAfter(...chosen.slice(0, 2), {
      kind: 'proposed',
      virtualMachineId: 'hv-a:db',
      destinationHostId: 'hv-b',
      devices: devices.slice(0, 1),
      unmapped: ['a/4'],
    });
    expect(migrateBlockers(state)[0]).toContain('for 1 device.');
    const still = reduceWizard(state, { kind: 'map-namespace', sourceId: 'a/4', source: 1, destination: 1 });
    expect(still.choice).toMatchObject({ mapping: { unmapped: ['a/4'] } });
    const mapped = reduceWizard(state, { kind: 'map-device', sourceId: 'a/4', destinationId: 'b/9' });
    expect(requestOf(mapped)?.devices[1]).toEqual({ sourceId: 'a/4', destinationId: 'b/9', namespaces: [] });
    expect(mapped.choice).toMatchObject({ mapping: { unmapped: [] } });
  });

  it('maps, remaps and unmaps a namespace', () => {
    const other = wizardAfter(...chosen, {
      kind: 'map-namespace',
      sourceId: 'a/3',
      source: 2,
      destination: 5,
    });
    expect(requestOf(other)?.devices[0]?.namespaces).toEqual([{ source: 2, destination: 5 }]);
    const none = reduceWizard(other, {
      kind: 'map-namespace',
      sourceId: 'a/3',
      source: 2,
      destination: null,
    });
    expect(requestOf(none)?.devices[0]?.namespaces).toEqual([]);
  });

  it('blocks on errors and on warnings that nobody acknowledged', () => {
    const state = checked(wizardAfter(...chosen), answer(check('fr', 'warning'), check('mdts', 'error')));
    expect(migrateBlockers(state)).toEqual(['1 check blocks the move.', '1 warning is not acknowledged.']);
    const warned = checked(wizardAfter(...chosen), answer(check('fr', 'warning')));
    const acknowledged = reduceWizard(warned, { kind: 'acknowledge', ids: ['fr'], acknowledged: true });
    expect(migrateBlockers(acknowledged)).toEqual([]);
    const taken = reduceWizard(acknowledged, { kind: 'acknowledge', ids: ['fr'], acknowledged: false });
    expect(migrateBlockers(taken)).toEqual(['1 warning is not acknowledged.']);
  });

  it('keeps the last verdict on show but not as valid after an option changed', () => {
    const state = checked(wizardAfter(...chosen), answer(check('a', 'passed')));
    const options = { downtimeBudgetMilliseconds: 50, releaseSource: false, detachSourceNamespaces: false };
    const changed = reduceWizard(state, { kind: 'set-options', options });
    expect(changed.check).toMatchObject({ kind: 'checking', last: { downtimeForecastMilliseconds: 142 } });
    expect(migrateBlockers(changed)).toEqual(['The checks are still running.']);
  });

  it('ignores the answer to an older request and forgets warnings that are gone', () => {
    const state = checked(wizardAfter(...chosen), answer(check('fr', 'warning')));
    const acknowledged = reduceWizard(state, { kind: 'acknowledge', ids: ['fr'], acknowledged: true });
    const old = requestOf(acknowledged);
    const changed = reduceWizard(acknowledged, { kind: 'map-device', sourceId: 'a/3', destinationId: 'b/7' });
    if (old === null) throw new Error('no request');
    const late = reduceWizard(changed, { kind: 'checked', request: old, answer: answer(), at: 2 });
    expect(late).toBe(changed);
    expect(checked(changed, answer()).acknowledged).toEqual([]);
  });

  it('knows its neighbours and whether something was entered', () => {
    expect(nextStep('source')).toBe('destination');
    expect(nextStep('review')).toBeNull();
    expect(previousStep('source')).toBeNull();
    expect(wasAnythingEntered(startWizard(1))).toBe(false);
    expect(wasAnythingEntered(wizardAfter(...chosen.slice(0, 1)))).toBe(true);
  });

  it('takes a remedy that only changes the request, and keeps the rest of what was entered', () => {
    const before = reduceWizard(wizardAfter(...chosen), { kind: 'go', step: 'checks' });
    const [first] = devices;
    const moved = [{ ...first!, destinationId: 'b/7' }];
    const mapped = reduceWizard(before, { kind: 'take-remedy', devices: moved, options: undefined });
    expect(mapped.step).toBe('checks');
    expect(mapped.choice).toMatchObject({ mapping: { devices: moved, unmapped: ['a/4'] } });
    expect(mapped.options).toEqual(before.options);
    const options = { ...before.options, downtimeBudgetMilliseconds: 900 };
    const raised = reduceWizard(before, { kind: 'take-remedy', devices: undefined, options });
    expect(requestOf(raised)).toMatchObject({ devices, options });
  });
});
