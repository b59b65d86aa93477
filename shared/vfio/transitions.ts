import { fail, type Result, succeed } from '../result.ts';
import { allVfioStates, hasVfioState, type VfioMigrationFlags, type VfioState } from './device-state.ts';

type FirstHops = Readonly<Partial<Record<VfioState, VfioState>>>;

/**
 * The first hop from a state (row) towards another (column) on a device with every optional state, as the Linux VFIO
 * core walks it; a missing column cannot be reached. ERROR has no row (only a reset leaves it) and no column.
 */
const firstHops: Readonly<Record<Exclude<VfioState, 'ERROR'>, FirstHops>> = {
  STOP: {
    STOP: 'STOP',
    RUNNING: 'RUNNING_P2P',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'RESUMING',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'RUNNING_P2P',
    PRE_COPY_P2P: 'RUNNING_P2P',
  },
  RUNNING: {
    STOP: 'RUNNING_P2P',
    RUNNING: 'RUNNING',
    STOP_COPY: 'RUNNING_P2P',
    RESUMING: 'RUNNING_P2P',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'RUNNING_P2P',
  },
  PRE_COPY: {
    STOP: 'RUNNING',
    RUNNING: 'RUNNING',
    STOP_COPY: 'PRE_COPY_P2P',
    RESUMING: 'RUNNING',
    RUNNING_P2P: 'RUNNING',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
  PRE_COPY_P2P: {
    STOP: 'RUNNING_P2P',
    RUNNING: 'RUNNING_P2P',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'RUNNING_P2P',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'PRE_COPY',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
  STOP_COPY: {
    STOP: 'STOP',
    RUNNING: 'STOP',
    STOP_COPY: 'STOP_COPY',
    RESUMING: 'STOP',
    RUNNING_P2P: 'STOP',
  },
  RESUMING: {
    STOP: 'STOP',
    RUNNING: 'STOP',
    STOP_COPY: 'STOP',
    RESUMING: 'RESUMING',
    RUNNING_P2P: 'STOP',
    PRE_COPY: 'STOP',
    PRE_COPY_P2P: 'STOP',
  },
  RUNNING_P2P: {
    STOP: 'STOP',
    RUNNING: 'RUNNING',
    STOP_COPY: 'STOP',
    RESUMING: 'STOP',
    RUNNING_P2P: 'RUNNING_P2P',
    PRE_COPY: 'RUNNING',
    PRE_COPY_P2P: 'PRE_COPY_P2P',
  },
};

/**
 * The next state on the way from `from` to `to`; `from` itself when already there. Optional states that the device
 * lacks are walked through without stopping. Fails where the kernel answers EINVAL.
 */
export function vfioFirstHop(from: VfioState, to: VfioState, flags: VfioMigrationFlags): Result<VfioState> {
  if (from === 'ERROR')
    return refuse(from, to, 'only a reset takes a device out of ERROR', 'Reset the device first');
  if (to === 'ERROR') return refuse(from, to, 'ERROR cannot be requested', 'Request another state');
  for (const state of [from, to])
    if (!hasVfioState(state, flags))
      return refuse(
        from,
        to,
        `the device does not support the state ${state}`,
        'Use a state that it supports',
      );
  let at: Exclude<VfioState, 'ERROR'> = from;
  // Each row of the table leads strictly closer, so the walk ends within as many hops as there are states.
  for (let hop = 0; hop < allVfioStates.length; hop++) {
    const next: VfioState | undefined = firstHops[at][to];
    if (next === undefined || next === 'ERROR')
      return refuse(from, to, 'this would lose the saved state', 'Go to STOP first');
    if (hasVfioState(next, flags)) return succeed(next);
    at = next;
  }
  return refuse(from, to, 'the device cannot get there', 'Reset the device');
}

/** Every state on the way from `from` to `to`, without `from` and with `to`; empty when already there. */
export function vfioPath(from: VfioState, to: VfioState, flags: VfioMigrationFlags): Result<VfioState[]> {
  const path: VfioState[] = [];
  let at = from;
  for (let hop = 0; hop <= allVfioStates.length; hop++) {
    const next = vfioFirstHop(at, to, flags);
    if (!next.ok) return next;
    if (next.value === at) return succeed(path);
    path.push(next.value);
    at = next.value;
  }
  return refuse(from, to, 'the device cannot get there', 'Reset the device');
}

function refuse<T>(from: VfioState, to: VfioState, problem: string, fix: string): Result<T> {
  return fail('refused', `VFIO state ${from} to ${to}: ${problem}`, {
    object: 'VFIO device',
    field: 'device_state',
    fix,
  });
}
