import styles from './trace.module.css';
import { TracePanel } from './trace-panel.tsx';

/** The dock's content as a screen of its own. */
export function CommandsScreen() {
  return (
    <section className={styles.screen} aria-labelledby="commands-title">
      <h1 id="commands-title" className="visually-hidden">
        Commands
      </h1>
      <TracePanel />
    </section>
  );
}
