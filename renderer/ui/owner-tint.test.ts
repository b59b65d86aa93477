import { describe, expect, it } from 'vitest';
import { ownerTints } from './owner-tint.ts';

describe('owner tints', () => {
  it('keep the tint of a virtual subsystem while others come, go and change places', () => {
    const first = ownerTints(['nqn:a', 'nqn:b', 'nqn:a']);
    expect([...first]).toEqual([
      ['nqn:a', 1],
      ['nqn:b', 2],
    ]);
    expect(ownerTints(['nqn:c', 'nqn:b']).get('nqn:b')).toBe(2);
    expect(ownerTints(['nqn:b', 'nqn:c']).get('nqn:c')).toBe(1);
    expect(ownerTints(['nqn:a', 'nqn:b']).get('nqn:a')).toBe(1);
  });

  it('differ while there are enough, and stay within 1-6 beyond', () => {
    const tints = [...ownerTints(Array.from({ length: 9 }, (_, index) => `nqn:x${index}`)).values()];
    expect(new Set(tints.slice(0, 6)).size).toBe(6);
    expect(tints.every((tint) => tint >= 1 && tint <= 6)).toBe(true);
  });
});
