import { StateMark } from './state-mark.tsx';
import styles from './topology.module.css';

const states = [
  ['online', 'online'],
  ['offline', 'offline'],
  ['migrating', 'migrating'],
  ['error', 'error'],
  ['absent', 'no VF'],
] as const;

/** What the shapes mean; letters and tints are those of the virtual subsystem cards. */
export function Legend() {
  return (
    <div className={styles.legend} aria-hidden>
      {states.map(([state, words]) => (
        <span key={state}>
          <StateMark state={state} /> {words}
        </span>
      ))}
      <span>A B … virtual subsystem</span>
      <span>▁ in a VM</span>
    </div>
  );
}
