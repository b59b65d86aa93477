import { X } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Rehearsal } from '#shared/rehearsal/rehearsal.ts';
import { LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import styles from './rehearsal.module.css';
import { useRehearsal } from './rehearsal-store.ts';

const TerminalTab = lazy(async () => ({
  default: (await import('../terminal/terminal-tab.tsx')).TerminalTab,
}));

/** A shell on the copy, to look around and to try things in it. While the script runs it changes nothing. */
export function CopyTerminal({ rehearsal: { id, host, nvme } }: { readonly rehearsal: Rehearsal }) {
  return (
    <section className={styles.terminal} aria-label="Terminal on the copy">
      <header>
        <strong>Terminal</strong>
        <span className="mute">
          {host.name}, rehearsal copy, nvme-cli {nvme}
        </span>
        <Button
          kind="quiet"
          size="small"
          icon
          aria-label="Hide the terminal on the copy"
          onClick={() => useRehearsal.setState({ terminal: false })}
        >
          <X size={14} aria-hidden />
        </Button>
      </header>
      <Suspense fallback={<LoadingState>Loading the terminal…</LoadingState>}>
        <TerminalTab key={id} hostId={host.id} hostName={host.name} nvme={nvme} rehearsalId={id} />
      </Suspense>
    </section>
  );
}
