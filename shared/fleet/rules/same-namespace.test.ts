import { describe, expect, it } from 'vitest';
import { differingIdentifiers, isIdentified, isSameNamespace } from './same-namespace.ts';

const none = { nguid: '', eui64: '', uuid: '' };
const one = { ...none, nguid: '6c1f00000000000000000000000009a1', eui64: '0025385b71b01234' };

describe('the same namespace', () => {
  it('has every identifier equal', () => {
    expect(isSameNamespace(one, { ...one })).toBe(true);
    expect(differingIdentifiers(one, { ...one })).toEqual([]);
  });

  it('is not one of which a single identifier agrees: the guest has read all of them', () => {
    const other = { ...one, eui64: '0025385b71b09999' };
    expect(differingIdentifiers(one, other)).toEqual(['EUI64']);
    expect(isSameNamespace(one, other)).toBe(false);
    expect(isSameNamespace(one, { ...one, uuid: '0f0e0d0c-0b0a-4908-8706-050403020100' })).toBe(false);
  });

  it('is never one that nothing identifies', () => {
    expect(isIdentified(none)).toBe(false);
    expect(isSameNamespace(none, none)).toBe(false);
  });
});
