import { SquareTerminal } from 'lucide-react';
import { lazy, Suspense } from 'react';
import type { Fleet } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useNavigation } from '../navigation.ts';
import { openTwin } from '../topology/open-twin.ts';
import { EmptyState, LoadingState } from '../ui/content/states.tsx';
import { Button } from '../ui/controls/button.tsx';
import { Select } from '../ui/controls/form.tsx';
import { ReleaseSelect } from './release-select.tsx';
import { terminalHost, useTerminalView } from './terminal-view-store.ts';

// The library that draws a terminal is large, and most runs of Berth never need it.
const TerminalTab = lazy(async () => ({ default: (await import('./terminal-tab.tsx')).TerminalTab }));

/** The terminal of a host, or why there is none. */
export function TerminalPanel() {
  const { fleet, status } = useFleetMirror();
  const hostId = useTerminalHost(fleet);
  const nvme = useTerminalView((state) => state.nvme);
  // While another fleet is being read, the host of the old one is gone already.
  if (fleet === null || status !== 'ready') return <LoadingState>Reading the fleet…</LoadingState>;
  if (!fleet.source.simulated)
    return (
      <EmptyState
        icon={SquareTerminal}
        title="A capture cannot run commands"
        actions={
          <Button size="small" onClick={() => void openTwin()}>
            Open as simulated twin
          </Button>
        }
      >
        {fleet.source.label} shows what was recorded. Its simulated twin has a shell.
      </EmptyState>
    );
  if (hostId === null) return <EmptyState icon={SquareTerminal} title="This fleet has no host" />;
  return (
    <Suspense fallback={<LoadingState>Loading the terminal…</LoadingState>}>
      <TerminalTab
        key={`${hostId} ${nvme}`}
        {...{ hostId, nvme, rehearsalId: null, hostName: hostTitle(fleet, hostId) }}
      />
    </Suspense>
  );
}

/** Chooses the host, and which nvme-cli it has; stands in the row of the tabs. */
export function TerminalToolbar() {
  const fleet = useFleetMirror((state) => state.fleet);
  const hostId = useTerminalHost(fleet);
  const nvme = useTerminalView((state) => state.nvme);
  if (fleet === null || !fleet.source.simulated || hostId === null) return null;
  const options = Object.values(fleet.hosts).map(({ id, name }) => ({ value: id, label: name }));
  return (
    <>
      <Select
        size="small"
        label="Host of the terminal"
        value={hostId}
        options={options}
        onChange={(chosen) => useTerminalView.setState({ hostId: chosen, wantsFocus: true })}
      />
      <ReleaseSelect
        label="nvme-cli of the terminal"
        value={nvme}
        onChange={(chosen) => useTerminalView.setState({ nvme: chosen, wantsFocus: true })}
      />
    </>
  );
}

function useTerminalHost(fleet: Fleet | null): string | null {
  const chosen = useTerminalView((state) => state.hostId);
  const selection = useNavigation((state) => state.selection);
  return fleet === null ? null : terminalHost(fleet, chosen, selection);
}
