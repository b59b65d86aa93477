import { fail, type Result, succeed } from '../result.ts';
import {
  allVfioStates,
  hasVfioState,
  type VfioMigrationFlags,
  type VfioState,
  vfioStateName,
} from './device-state.ts';

type FirstHops = Readonly<Partial<Record<VfioState, VfioState>>>;

/**
 * The first hop from a state (row) towards another (column) on a device with every optional state, as the Linux VFIO
 * core walks it; a missing column cannot be reached. ERROR has no row (only a reset leaves it) and no column.
 */
const firstHops: Readonly<Record<Exclude<VfioState, 'error'>, FirstHops>> = {
  stop: {
    stop: 'stop',
    running: 'running-p2p',
    'stop-copy': 'stop-copy',
    resuming: 'resuming',
    'running-p2p': 'running-p2p',
    'pre-copy': 'running-p2p',
    'pre-copy-p2p': 'running-p2p',
  },
  running: {
    stop: 'running-p2p',
    running: 'running',
    'stop-copy': 'running-p2p',
    resuming: 'running-p2p',
    'running-p2p': 'running-p2p',
    'pre-copy': 'pre-copy',
    'pre-copy-p2p': 'running-p2p',
  },
  'pre-copy': {
    stop: 'running',
    running: 'running',
    'stop-copy': 'pre-copy-p2p',
    resuming: 'running',
    'running-p2p': 'running',
    'pre-copy': 'pre-copy',
    'pre-copy-p2p': 'pre-copy-p2p',
  },
  'pre-copy-p2p': {
    stop: 'running-p2p',
    running: 'running-p2p',
    'stop-copy': 'stop-copy',
    resuming: 'running-p2p',
    'running-p2p': 'running-p2p',
    'pre-copy': 'pre-copy',
    'pre-copy-p2p': 'pre-copy-p2p',
  },
  'stop-copy': {
    stop: 'stop',
    running: 'stop',
    'stop-copy': 'stop-copy',
    resuming: 'stop',
    'running-p2p': 'stop',
  },
  resuming: {
    stop: 'stop',
    running: 'stop',
    'stop-copy': 'stop',
    resuming: 'resuming',
    'running-p2p': 'stop',
    'pre-copy': 'stop',
    'pre-copy-p2p': 'stop',
  },
  'running-p2p': {
    stop: 'stop',
    running: 'running',
    'stop-copy': 'stop',
    resuming: 'stop',
    'running-p2p': 'running-p2p',
    'pre-copy': 'running',
    'pre-copy-p2p': 'pre-copy-p2p',
  },
};

/**
 * The next state on the way from `from` to `to`; `from` itself when already there. Optional states that the device
 * lacks are walked through without stopping. Fails where the kernel answers EINVAL.
 */
export function vfioFirstHop(from: VfioState, to: VfioState, flags: VfioMigrationFlags): Result<VfioState> {
  if (from === 'error')
    return refuse(from, to, 'a device in ERROR leaves it only by a reset', 'Reset the device first');
  if (to === 'error') return refuse(from, to, 'ERROR cannot be requested', 'Request another state');
  for (const state of [from, to])
    if (!hasVfioState(state, flags))
      return refuse(from, to, `the device has no state ${vfioStateName(state)}`, 'Use a state that it has');
  let at: Exclude<VfioState, 'error'> = from;
  // Each row of the table leads strictly closer, so the walk ends within as many hops as there are states.
  for (let hop = 0; hop < allVfioStates.length; hop++) {
    const next: VfioState | undefined = firstHops[at][to];
    if (next === undefined || next === 'error')
      return refuse(from, to, 'there is no way without losing the saved state', 'Go to STOP first');
    if (hasVfioState(next, flags)) return succeed(next);
    at = next;
  }
  return refuse(from, to, 'there is no way', 'Reset the device');
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
  return refuse(from, to, 'there is no way', 'Reset the device');
}

/** Whether a driver with these flags implements the arc itself, in one step. */
export function isVfioArc(from: VfioState, to: VfioState, flags: VfioMigrationFlags): boolean {
  if (from === to) return false;
  const hop = vfioFirstHop(from, to, flags);
  return hop.ok && hop.value === to;
}

function refuse<T>(from: VfioState, to: VfioState, problem: string, fix: string): Result<T> {
  return fail('refused', `VFIO state ${vfioStateName(from)} to ${vfioStateName(to)}: ${problem}`, {
    object: 'VFIO device',
    field: 'device_state',
    fix,
  });
}
