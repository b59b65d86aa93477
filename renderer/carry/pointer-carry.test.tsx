import { renderHook } from '@testing-library/react';
import type { PointerEvent } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { cancelCarry, useCarry } from './carry-store.ts';
import { gestureThreshold } from './gesture.ts';
import { usePointerCarry } from './pointer-carry.ts';

const id = 'hv-a/0000:41:00.0/12';
const at = (clientX: number) => ({ clientX, clientY: 0 }) as PointerEvent;

beforeEach(() => {
  useFleetMirror.setState({ status: 'ready', fleet: fixtureFleet(), revision: 1 });
  document.elementsFromPoint = vi.fn(() => []);
});
afterEach(cancelCarry);

it('carries from the threshold on, what the press stands for when the drag begins', () => {
  const { current: pointer } = renderHook(usePointerCarry).result;
  let ids: readonly string[] = [];
  pointer.press(at(0), () => ids);
  ids = [id];
  expect(pointer.move(at(gestureThreshold - 1))).toBe(false);
  expect(useCarry.getState().carry.mode).toBe('idle');
  expect(pointer.move(at(gestureThreshold))).toBe(true);
  expect(pointer.move(at(gestureThreshold + 5))).toBe(false);
  expect(useCarry.getState().carry).toMatchObject({ mode: 'pointer', ids: [id] });
  pointer.release();
  expect(useCarry.getState().carry.mode).toBe('idle');
});

it('forgets a press that could not pick anything up, and one that the system took away', () => {
  const { current: pointer } = renderHook(usePointerCarry).result;
  pointer.press(at(0), () => []);
  expect(pointer.move(at(50))).toBe(false);
  pointer.press(at(0), () => [id]);
  pointer.move(at(50));
  pointer.cancel();
  expect(useCarry.getState().carry.mode).toBe('idle');
  expect(pointer.move(at(90))).toBe(false);
});
