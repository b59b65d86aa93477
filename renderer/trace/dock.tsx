import { ChevronDown } from 'lucide-react';
import { changeSettings } from '../fleet-mirror/settings-store.ts';
import { Button } from '../ui/controls/button.tsx';
import styles from './trace.module.css';
import { TracePanel } from './trace-panel.tsx';

/** The dock under the topology. It fills its box; the topology gives the box its height and the handle to change it. */
export function Dock() {
  return (
    <section className={styles.dock} aria-label="Dock">
      <TracePanel
        aside={
          <Button
            kind="quiet"
            size="small"
            icon
            aria-label="Hide the dock"
            onClick={() => void changeSettings({ dockOpen: false })}
          >
            <ChevronDown size={15} aria-hidden />
          </Button>
        }
      />
    </section>
  );
}
