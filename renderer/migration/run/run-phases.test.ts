import { describe, expect, it } from 'vitest';
import type { StepRun } from '#shared/procedure/procedure.ts';
import { migrationRun } from '../../test-support/run-fixture.ts';
import { currentStepIndex, phasesOf } from './run-phases.ts';
import { guestPlace, guestSentence, runTitle } from './run-words.ts';

const hosts = {};

function step(status: StepRun['status'], durationMicroseconds: number | null = null): StepRun {
  return { status, startedAt: null, durationMicroseconds, readBack: '', error: null };
}

describe('phases', () => {
  it('joins consecutive steps, adds their times and marks what only goes forward', () => {
    const run = migrationRun({
      steps: [step('done', 800), step('done', 200), step('running'), step('waiting')],
    });
    expect(phasesOf(run)).toEqual([
      {
        name: 'Virtual subsystem',
        status: 'done',
        durationMicroseconds: 1000,
        stepsDone: 2,
        stepCount: 2,
        forwardOnly: false,
      },
      {
        name: 'Stop and copy',
        status: 'running',
        durationMicroseconds: null,
        stepsDone: 0,
        stepCount: 1,
        forwardOnly: false,
      },
      {
        name: 'Resume',
        status: 'waiting',
        durationMicroseconds: null,
        stepsDone: 0,
        stepCount: 1,
        forwardOnly: true,
      },
    ]);
    expect(currentStepIndex(run)).toBe(2);
  });

  it('shows a failure in its phase even when later steps were undone', () => {
    const run = migrationRun({ steps: [step('undone'), step('undone'), step('failed'), step('waiting')] });
    expect(phasesOf(run).map((phase) => phase.status)).toEqual(['undone', 'failed', 'waiting']);
  });
});

describe('words', () => {
  it('says where the guest is', () => {
    const run = migrationRun({ steps: [step('done'), step('done'), step('running'), step('waiting')] });
    const facts = run.migration!;
    expect(guestPlace(run, facts)).toBe('source');
    expect(guestSentence(run, facts, hosts)).toBe(
      'The guest runs on hv-a · abort is free until it is stopped',
    );
    const paused = migrationRun({
      steps: [step('done'), step('done'), step('done'), step('running')],
      abortable: false,
    });
    expect(guestSentence(paused, facts, hosts)).toBe(
      'The guest stands still on its way to hv-b · past the point of no return',
    );
    expect(runTitle(run, facts, hosts)).toBe('Migrating db-primary · hv-a → hv-b');
  });
});
