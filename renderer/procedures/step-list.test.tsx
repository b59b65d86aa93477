import { cleanup, render, screen } from '@testing-library/react';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PlannedStep } from '#shared/procedure/step.ts';
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
    render(<StepList steps={steps(3000)} runs={null} />);
    const shown = screen.getAllByRole('listitem');
    expect(shown.length).toBeGreaterThan(0);
    expect(shown.length).toBeLessThan(100);
    expect(shown[0]?.getAttribute('aria-setsize')).toBe('3000');
    expect(shown[0]?.textContent).toContain('Bring VF 0 online');
    expect(screen.getByRole('region', { name: 'All steps' }).tabIndex).toBe(0);
  });

  it('shows a short plan whole', () => {
    render(<StepList steps={steps(20)} runs={null} />);
    expect(screen.getAllByRole('listitem')).toHaveLength(20);
  });
});
