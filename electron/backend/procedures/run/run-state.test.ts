import { describe, expect, it } from 'vitest';
import type { ProcedureRun } from '#shared/procedure/procedure.ts';
import type { Step } from '#shared/procedure/step.ts';
import { withProgress } from './run-state.ts';

const pause: Step = { kind: 'vm-pause', virtualMachineId: 'a:m' };
const send: Step = { kind: 'vm-send-memory', virtualMachineId: 'a:m', destinationHostId: 'b' };

function progressOf(steps: readonly Step[], done: number, fraction?: number, progress = 0): number {
  const run = { plan: { steps: steps.map((step) => ({ step })) }, progress } as unknown as ProcedureRun;
  return withProgress(run, done, fraction).progress;
}

describe('withProgress', () => {
  it('weighs the copy of the memory as much as everything else', () => {
    const steps = [pause, pause, send, pause, pause];
    expect(progressOf(steps, 2)).toBe(0.25);
    expect(progressOf(steps, 2, 0.5)).toBe(0.5);
    expect(progressOf(steps, 3)).toBe(0.75);
    expect(progressOf(steps, 5)).toBe(1);
  });

  it('weighs all steps the same where nothing is copied, and the rest of a memory like any other step', () => {
    expect(progressOf([pause, pause, pause, pause], 1, 0.5)).toBe(0.375);
    expect(progressOf([pause, { ...send, rest: true }, pause, pause], 2)).toBe(0.5);
  });

  it('never runs backwards or past its end', () => {
    expect(progressOf([pause, send], 0, 0, 0.7)).toBe(0.7);
    expect(progressOf([pause, send], 1, 1.5)).toBe(1);
    expect(progressOf([pause, send], 1, -1)).toBe(0.5);
  });
});
