import { rm } from 'node:fs/promises';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { secondariesOf } from '#shared/fleet/selectors.ts';
import { discoverFleet } from '../../../fleet/discovery.ts';
import { inTurns } from '../../../in-turns.ts';
import type { HostConnection } from '../../host-connection.ts';
import { createWorld } from '../../simulated/testing/test-kit.ts';
import { openCapture } from '../capture.ts';
import { buildTwin } from '../twin/twin.ts';
import { type DriveInput, writeDriveCapture } from './drive-capture.ts';

/** A capture of these drives, and its twin. */
export async function openDriveTwin(...drives: readonly DriveInput[]) {
  const folder = await writeDriveCapture(drives);
  onTestFinished(() => rm(path.dirname(folder), { recursive: true, force: true }));
  const capture = await openCapture(folder);
  if (!capture.ok) throw new Error(capture.error.message);
  const twin = await inTurns(buildTwin(capture.value));
  if (!twin.ok) throw new Error([twin.error.message, ...(twin.error.details ?? [])].join('\n'));
  const world = createWorld(twin.value.file);
  const notes = twin.value.notes.map(({ message }) => message);
  return { capture: capture.value, world, notes, file: twin.value.file };
}

/** The fleet that discovery makes of these hosts, with its first primary controller. */
export async function fleetOf(connections: readonly HostConnection[], readOnly: string | null) {
  const source = { name: 'drive', label: 'drive', simulated: readOnly === null, readOnly, seed: null };
  const kind = readOnly === null ? 'simulated' : 'capture';
  const { fleet } = await discoverFleet(connections, { kind, ...source });
  const controllers = Object.values(fleet.controllers);
  const primary = controllers.find((controller) => controller.role === 'primary');
  return { fleet, primary, secondaries: primary === undefined ? [] : secondariesOf(fleet, primary) };
}
