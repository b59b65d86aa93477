import { cleanup, render, screen, within } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type StepRun, waitingStep } from '#shared/procedure/procedure.ts';
import type { PlannedStep } from '#shared/procedure/step.ts';
import { RunDetails } from '../../history/run-details.tsx';
import { migrationRun } from '../../test-support/run-fixture.ts';
import { StepList } from './step-list.tsx';

function steps(count: number): PlannedStep[] {
  return Array.from({ length: count }, (_, index) => ({
    step: { kind: 'secondary-online', secondaryId: `hv-a/0000:41:00.0/${index}` },
    hostId: 'hv-a',
    phase: 'Resources',
    words: `Bring VF ${index} online`,
    commandLines: ['nvme virt-mgmt /dev/nvme1'],
    inverse: [],
  }));
}

afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe('the steps of a plan', () => {
  it('holds only those in view of a plan of thousands, and says how many there are', () => {
    // Without a layout everything would be 0 high.
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(54);
    render(<StepList plan={{ steps: steps(3000), pointOfNoReturn: null }} runs={null} />);
    const shown = screen.getAllByRole('listitem');
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(100);
    expect(shown[0]?.getAttribute('aria-setsize')).toBe('3000');
    expect(shown[0]?.textContent).toContain('Bring VF 0 online');
    expect(screen.getByRole('region', { name: 'All steps' }).tabIndex).toBe(0);
  });

  it('holds only those in view of a run of thousands, too, with what became of them', () => {
    vi.spyOn(Element.prototype, 'clientHeight', 'get').mockReturnValue(400);
    vi.spyOn(Element.prototype, 'clientWidth', 'get').mockReturnValue(800);
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(54);
    const done: StepRun = {
      ...waitingStep,
      status: 'done',
      durationMicroseconds: 800,
      readBack: 'VF 0 is online',
    };
    const run = migrationRun({ migration: null, status: 'done' });
    const long = { ...run, plan: { ...run.plan, steps: steps(1600) }, steps: steps(1600).map(() => done) };
    render(<RunDetails run={long} onShow={() => undefined} />);
    const shown = within(screen.getByRole('list', { name: 'Steps' })).getAllByRole('listitem');
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(100);
    expect(shown[0]?.textContent).toContain('VF 0 is online');
  });

  it('shows a short plan whole, with its phases and its point of no return', () => {
    const phased = steps(20).map((step, index) => ({ ...step, phase: index < 12 ? 'Prepare' : 'Switch' }));
    render(<StepList plan={{ steps: phased, pointOfNoReturn: 15 }} runs={null} />);
    const items = screen.getAllByRole('listitem');
    expect(items).toHaveLength(20);
    const having = (text: string) =>
      items.flatMap((item, index) => (item.textContent?.includes(text) ? [index] : []));
    expect(having('Prepare')).toEqual([0]);
    expect(having('Switch')).toEqual([12]);
    expect(having('Point of no return')).toEqual([15]);
  });

  it('marks what cannot be undone before the point of no return, behind which that line says it', () => {
    const final = steps(4).map((step, index) => ({ ...step, inverse: index === 0 ? [] : null }));
    render(<StepList plan={{ steps: final, pointOfNoReturn: 2 }} runs={null} />);
    const marked = screen.getAllByText('cannot be undone').map((tag) => tag.closest('li')?.dataset.index);
    expect(marked).toEqual(['1']);
  });
});
