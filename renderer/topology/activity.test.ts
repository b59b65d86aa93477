import { describe, expect, it } from 'vitest';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { migrationFleet } from '#shared/test-support/migration-fleet.ts';
import { finishedMigration } from '#shared/test-support/migration-run.ts';
import { activityKey, activityOf, noActivity } from './activity.ts';
import { flowLabel, flowPlaces } from './scene/flow-places.ts';
import { layoutFleet } from './scene/layout.ts';

type Device = MigrationFacts['devices'][number];

function running(change: Partial<Device>, more: Partial<ProcedureRun> = {}): ProcedureRun {
  const run = finishedMigration(migrationFleet());
  const { migration } = run;
  if (migration === null) throw new Error('no migration');
  const devices = migration.devices.map((device) => ({ ...device, stateBytes: 0, ...change }));
  return { ...run, status: 'running', progress: 0.62, migration: { ...migration, devices }, ...more };
}

describe('what a running migration adds to the topology', () => {
  it.each([
    [{ sourceState: 'PRE_COPY', destinationState: 'RESUMING' }, 'PRE_COPY'],
    [{ sourceState: 'STOP_COPY', destinationState: 'RESUMING' }, 'STOP_COPY'],
    [{ sourceState: 'STOP_COPY', destinationState: 'RESUMING', stateBytes: 9 }, 'RESUMING'],
    [{ sourceState: 'STOP_COPY', destinationState: 'RUNNING', stateBytes: 9 }, 'RUNNING'],
    [{ sourceState: 'STOP', destinationState: null }, 'STOP'],
    [{ sourceState: 'RUNNING', destinationState: 'RUNNING' }, 'begins'],
  ] as const)('%j is %s', (states, state) => {
    const { flows } = activityOf(migrationFleet(), [running(states)]);
    expect(flows).toMatchObject([{ state, percent: 62, from: 'hv-a', to: 'hv-b', rate: '2.9 GB/s' }]);
  });

  it('says that it goes back', () => {
    const { flows } = activityOf(migrationFleet(), [running({}, { status: 'aborting' })]);
    expect(flows[0]?.state).toBe('going back');
  });

  it('marks the controllers of both sides, and nothing when nothing moves', () => {
    const run = running({ sourceState: 'PRE_COPY' });
    const activity = activityOf(migrationFleet(), [run]);
    for (const { sourceId, destinationId } of run.migration?.devices ?? []) {
      expect(activity.cells.get(sourceId)).toBe('source');
      expect(activity.cells.get(destinationId)).toBe('destination');
    }
    expect(activity.cells.size).toBe(4);
    expect(activityKey(activityOf(migrationFleet(), []))).toBe(activityKey(noActivity));
    expect(activityKey(activityOf(migrationFleet(), [run]))).toBe(activityKey(activity));
  });

  it('has its arrows between the hosts, several below each other, whichever way they go', () => {
    const fleet = migrationFleet();
    const scene = layoutFleet(fleet, new Map());
    const { flows } = activityOf(fleet, [running({}), running({}, { id: 'run-8' })]);
    const back = { ...flows[0]!, from: 'hv-b', to: 'hv-a' };
    const places = flowPlaces(scene, [...flows, back]);
    expect(places).toHaveLength(3);
    const hosts = scene.hosts.map(({ box }) => scene.boxes[box]!);
    const [left, right] = hosts;
    for (const { points, label } of places) {
      expect(label.x).toBeCloseTo(((left!.x + left!.w + right!.x) as number) / 2, 0);
      for (const [x] of points) expect(x >= left!.x + left!.w && x <= right!.x).toBe(true);
    }
    const tops = places.map(({ label }) => label.y);
    expect(tops[1]! - tops[0]!).toBeGreaterThan(flowLabel.height);
    expect(places[2]!.points[0]![0]).toBeGreaterThan(places[2]!.points.at(-1)![0]);
    expect(flowPlaces(scene, [{ ...back, to: 'elsewhere' }])).toEqual([]);
  });
});
