import { decodeBase64, encodeBase64 } from '#shared/fleet-file/base64.ts';
import type { FileController } from '#shared/fleet-file/controller/controller-schema.ts';
import type { FileControllerHealth } from '#shared/fleet-file/controller/health-schema.ts';
import type { LiveState } from '#shared/fleet-file/controller/live-state-schema.ts';
import type { PciFunction } from '../host/pci-function.ts';
import type { SimulatedController } from '../state/controller.ts';
import { isReset, liveStateFromFile, liveStateToFile, resetLiveState } from '../state/live-state.ts';

/** What a fleet file says of a controller that has run. */
export type WrittenState = Pick<FileController, 'live' | 'health'>;

/** Gives a controller the state that a fleet file, which was checked, says it has. */
export function controllerStateFromFile(
  controller: SimulatedController,
  { live, health }: WrittenState,
): void {
  if (health) controller.health.restore(health);
  if (!live) return;
  controller.live = liveStateFromFile(live, controller.subsystem.time());
  controller.suspended = live.suspended;
  controller.fatal = live.fatal;
  if (live.incomingState !== null)
    controller.incoming = { ...live.incomingState, bytes: decodeBase64(live.incomingState.bytes) };
}

/** What a controller holds and has counted; `entry` is its function on the bus of its host. */
export function controllerStateToFile(
  controller: SimulatedController,
  entry: PciFunction | undefined,
): WrittenState {
  return { ...liveStateOf(controller, entry), ...healthOf(controller) };
}

function healthOf(controller: SimulatedController): { health?: FileControllerHealth } {
  const health = controller.written.health?.toFile();
  return health ? { health } : {};
}

// A controller that somebody uses gets its state written even when it is that after a reset: without it, it would start.
function liveStateOf(controller: SimulatedController, entry: PciFunction | undefined): { live?: LiveState } {
  const { fatal, suspended, incoming } = controller;
  const isUsed = entry?.driver === 'nvme' || (entry?.owner ?? null) !== null;
  const state = controller.written.live;
  const holdsNothing = (state === null || isReset(state)) && !fatal && !suspended && incoming === null;
  if (holdsNothing && (!isUsed || controller.isOffline)) return {};
  return {
    live: liveStateToFile(state ?? resetLiveState(), controller.subsystem.time(), {
      fatal,
      suspended,
      incomingState: incoming
        ? { csvi: incoming.csvi, csuuidi: incoming.csuuidi, bytes: encodeBase64(incoming.bytes) }
        : null,
    }),
  };
}
