/** States of a VFIO device under migration; the numbers are those of the Linux uAPI (`enum vfio_device_mig_state`). */
export const vfioStates = {
  error: 0,
  stop: 1,
  running: 2,
  'stop-copy': 3,
  resuming: 4,
  'running-p2p': 5,
  'pre-copy': 6,
  'pre-copy-p2p': 7,
} as const;
export type VfioState = keyof typeof vfioStates;

/** Every state, in the order of its number. */
export const allVfioStates = Object.keys(vfioStates) as readonly VfioState[];

/** Which optional states a device has. STOP_COPY is mandatory for migration and has no flag here. */
export interface VfioMigrationFlags {
  readonly p2p: boolean;
  readonly preCopy: boolean;
}

/** The flag word as VFIO_DEVICE_FEATURE_MIGRATION returns it: bit 0 STOP_COPY, bit 1 P2P, bit 2 PRE_COPY. */
export function migrationFlagWord(flags: VfioMigrationFlags): number {
  return 1 | (flags.p2p ? 2 : 0) | (flags.preCopy ? 4 : 0);
}

const stateWords: Readonly<Record<VfioState, readonly [name: string, meaning: string]>> = {
  error: ['ERROR', 'failed; only a reset helps'],
  stop: ['STOP', 'stopped: no DMA, no interrupts, state frozen'],
  running: ['RUNNING', 'running normally'],
  'stop-copy': ['STOP_COPY', 'stopped, its state is being read'],
  resuming: ['RESUMING', 'stopped, its state is being loaded'],
  'running-p2p': ['RUNNING_P2P', 'running, but starts no peer-to-peer DMA'],
  'pre-copy': ['PRE_COPY', 'running while early state is being read'],
  'pre-copy-p2p': ['PRE_COPY_P2P', 'early state is being read; starts no peer-to-peer DMA'],
};

/** The kernel's name: `STOP_COPY`. */
export function vfioStateName(state: VfioState): string {
  return stateWords[state][0];
}

/** What the state means, in a few words. */
export function vfioStateMeaning(state: VfioState): string {
  return stateWords[state][1];
}

/** Whether a device with these flags has the state at all. */
export function hasVfioState(state: VfioState, flags: VfioMigrationFlags): boolean {
  if (state === 'running-p2p') return flags.p2p;
  if (state === 'pre-copy') return flags.preCopy;
  if (state === 'pre-copy-p2p') return flags.preCopy && flags.p2p;
  return true;
}

/** Whether the device may run its queues in this state. */
export function isVfioRunning(state: VfioState): boolean {
  return state === 'running' || state === 'running-p2p' || state === 'pre-copy' || state === 'pre-copy-p2p';
}

/** Whether a file descriptor for data is open in this state: `save` streams out, `load` takes in. */
export function vfioDataSession(state: VfioState): 'save' | 'load' | undefined {
  if (state === 'resuming') return 'load';
  return state === 'pre-copy' || state === 'pre-copy-p2p' || state === 'stop-copy' ? 'save' : undefined;
}
