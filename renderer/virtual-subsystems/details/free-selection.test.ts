import { describe, expect, it } from 'vitest';
import { extendTo, nothingSelected, stillThere, toggleChip } from './free-selection.ts';

const all = ['1', '2', '3', '4', '5'];

describe('several free controllers', () => {
  it('one by one, in the order of the tray whatever the order of choosing', () => {
    const two = toggleChip(toggleChip(nothingSelected, '4', all), '2', all);
    expect(two.ids).toEqual(['2', '4']);
    expect(toggleChip(two, '4', all).ids).toEqual(['2']);
  });

  it('a range from the anchor, forwards and backwards', () => {
    const anchored = toggleChip(nothingSelected, '3', all);
    expect(extendTo(anchored, '5', all).ids).toEqual(['3', '4', '5']);
    expect(extendTo(extendTo(anchored, '5', all), '2', all).ids).toEqual(['2', '3']);
    expect(extendTo(nothingSelected, '2', all).ids).toEqual(['2']);
  });

  it('forgets what is no longer free', () => {
    const range = extendTo(toggleChip(nothingSelected, '1', all), '3', all);
    expect(stillThere(range, ['1', '3'])).toEqual({ ids: ['1', '3'], anchor: '1' });
    expect(stillThere(range, ['4', '5'])).toEqual(nothingSelected);
  });
});
