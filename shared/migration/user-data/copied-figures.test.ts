import { expect, test } from 'vitest';
import { copiedFigures } from './copied-figures.ts';

const copied = (sourceId: string, sentBytes: number) => ({
  ...{ sourceId, nsid: 1, destinationNsid: 1, bytes: 1000, sentBytes },
  ...{ checksum: 'a', arrived: 'a' },
});

test('a namespace that two devices copied counts once, the same NSID of another drive as another one', () => {
  const userData = [copied('hv-a/x/3', 10), copied('hv-a/x/4', 20), copied('hv-a/y/3', 30)];
  expect(copiedFigures({ userData })).toEqual({
    ...{ namespaces: 2, bytes: 2000, sentBytes: 60, sentLastBytes: 60, isEqual: true },
  });
  expect(copiedFigures({ userData: [{ ...copied('hv-a/x/3', 10), arrived: 'b' }] })?.isEqual).toBe(false);
  expect(copiedFigures({})).toBeNull();
});
