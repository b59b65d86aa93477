import type { VfioState } from '#shared/vfio/device-state.ts';

/** What each state means for the guest (Linux uAPI vfio.h, enum vfio_device_mig_state). */
const meanings: Record<VfioState, string> = {
  ERROR: 'the device must be reset',
  STOP: 'stopped, state complete',
  RUNNING: 'the guest uses it',
  STOP_COPY: 'stopped, state is being read',
  RESUMING: 'stopped, state is being written',
  RUNNING_P2P: 'runs, starts no transfers to other devices',
  PRE_COPY: 'runs, early state is being read',
  PRE_COPY_P2P: 'runs without transfers to other devices, early state is being read',
};

/** A VFIO state by its name, coloured, and on request with what it means. */
export function VfioStateText({
  state,
  explain = false,
}: {
  readonly state: VfioState | null;
  readonly explain?: boolean;
}) {
  if (state === null) return <span className="mute">–</span>;
  const tone = state === 'RUNNING' ? 'ok' : state === 'ERROR' ? 'bad' : state === 'STOP' ? 'mute' : 'warn';
  return (
    <>
      <span className={`mono ${tone}`}>{state}</span>
      {explain ? <span className="mute"> · {meanings[state]}</span> : null}
    </>
  );
}
