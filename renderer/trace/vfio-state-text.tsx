import { type VfioState, vfioStateMeaning } from '#shared/vfio/device-state.ts';

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
      {explain ? <span className="mute"> · {vfioStateMeaning(state)}</span> : null}
    </>
  );
}
