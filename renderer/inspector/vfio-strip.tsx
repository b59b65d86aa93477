import type { VfioState } from '#shared/vfio/device-state.ts';
import styles from './inspector.module.css';

/** In the order of a migration; the names are the kernel's without `VFIO_DEVICE_STATE_`. */
const path: readonly { readonly state: VfioState; readonly words: string }[] = [
  { state: 'RUNNING', words: 'Running' },
  { state: 'PRE_COPY', words: 'Pre-copy' },
  { state: 'PRE_COPY_P2P', words: 'Pre-copy P2P' },
  { state: 'RUNNING_P2P', words: 'Running P2P' },
  { state: 'STOP', words: 'Stop' },
  { state: 'STOP_COPY', words: 'Stop-copy' },
  { state: 'RESUMING', words: 'Resuming' },
  { state: 'ERROR', words: 'Error' },
];

/** The states on the way of a migration, with the current one marked. Rare states show only while current. */
export function VfioStrip({ state }: { readonly state: VfioState }) {
  const usual: readonly VfioState[] = ['RUNNING', 'PRE_COPY', 'STOP', 'STOP_COPY'];
  const shown = path.filter((step) => usual.includes(step.state) || step.state === state);
  return (
    <ol className={styles.strip} aria-label="VFIO migration state">
      {shown.map((step) => (
        <li key={step.state}>
          <span
            className={styles.vfio}
            aria-current={step.state === state ? 'step' : undefined}
            data-running={step.state === state && state === 'RUNNING'}
          >
            {step.words}
          </span>
        </li>
      ))}
    </ol>
  );
}
