import { expect, it } from 'vitest';
import { controllerIdentifier } from '../fleet-file/scalars.ts';
import { isControllerIdentifier, largestControllerIdentifier } from './controller-identifier.ts';

it('ends at FFEFh, for commands and files alike', () => {
  expect(largestControllerIdentifier).toBe(0xffef);
  expect([-1, 0, 0xffef, 0xfff0, 0xffff].filter(isControllerIdentifier)).toEqual([0, 0xffef]);
  for (const id of [0, 0xffef, 0xfff0])
    expect(controllerIdentifier.safeParse(id).success).toBe(isControllerIdentifier(id));
});
