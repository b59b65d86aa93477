import { StateMark } from './state-mark.tsx';
import styles from './topology.module.css';

/** In the order in which most people meet them. */
const states = [
  ['online', 'online'],
  ['offline', 'offline'],
  ['migrating', 'migrating'],
  ['error', 'VFIO error'],
  ['failed', 'controller failed'],
  ['absent', 'VF not enabled'],
] as const;

const links = [
  ['───', 'controlled by'],
  ['─ ─', 'attached namespace'],
  ['···', 'assigned VM'],
  ['━ ─', 'slot in a virtual subsystem'],
] as const;

/** What the shapes, letters and lines mean. */
export function Legend() {
  return (
    <details className={styles.legend}>
      <summary>Legend</summary>
      <ul>
        {states.map(([state, words]) => (
          <li key={state}>
            <StateMark state={state} /> {words}
          </li>
        ))}
        <li>A, B … letter and tint of a virtual subsystem</li>
        <li>▁ assigned to a VM</li>
        {links.map(([line, words]) => (
          <li key={words}>
            <span className="mono">{line}</span> {words}
          </li>
        ))}
      </ul>
    </details>
  );
}
