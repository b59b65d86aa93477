/** States of a VFIO device under migration; the numbers are those of the Linux uAPI (`enum vfio_device_mig_state`). */
export const vfioStates = {
  ERROR: 0,
  STOP: 1,
  RUNNING: 2,
  STOP_COPY: 3,
  RESUMING: 4,
  RUNNING_P2P: 5,
  PRE_COPY: 6,
  PRE_COPY_P2P: 7,
} as const;
export type VfioState = keyof typeof vfioStates;

/** Every state, in the order of its number. */
export const allVfioStates = Object.keys(vfioStates) as readonly VfioState[];

/** Which optional states a device has. STOP_COPY is mandatory for migration and has no flag here. */
export interface VfioMigrationFlags {
  readonly p2p: boolean;
  readonly preCopy: boolean;
}

const stateMeanings: Readonly<Record<VfioState, string>> = {
  ERROR: 'failed; only a reset helps',
  STOP: 'stopped: no DMA, no interrupts, state frozen',
  RUNNING: 'running normally',
  STOP_COPY: 'stopped, its state is being read',
  RESUMING: 'stopped, its state is being loaded',
  RUNNING_P2P: 'running, but starts no peer-to-peer DMA',
  PRE_COPY: 'running while early state is being read',
  PRE_COPY_P2P: 'early state is being read; starts no peer-to-peer DMA',
};

/** What the state means, in a few words. */
export function vfioStateMeaning(state: VfioState): string {
  return stateMeanings[state];
}

/** Whether a device with these flags has the state at all. */
export function hasVfioState(state: VfioState, flags: VfioMigrationFlags): boolean {
  if (state === 'RUNNING_P2P') return flags.p2p;
  if (state === 'PRE_COPY') return flags.preCopy;
  if (state === 'PRE_COPY_P2P') return flags.preCopy && flags.p2p;
  return true;
}

/**
 * The same state without early data being read: what a device goes back to when its guest stays, because no way leads from
 * saved state back into PRE_COPY.
 */
export function withoutEarlyState(state: VfioState): VfioState {
  if (state === 'PRE_COPY') return 'RUNNING';
  return state === 'PRE_COPY_P2P' ? 'RUNNING_P2P' : state;
}

/** Whether a file descriptor for data is open in this state: `save` streams out, `load` takes in. */
export function vfioDataSession(state: VfioState): 'save' | 'load' | undefined {
  if (state === 'RESUMING') return 'load';
  return state === 'PRE_COPY' || state === 'PRE_COPY_P2P' || state === 'STOP_COPY' ? 'save' : undefined;
}
