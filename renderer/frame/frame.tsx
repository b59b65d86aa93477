import { lazy, Suspense, useEffect } from 'react';
import { commandOf, isCommandId } from '#shared/commands/command-table.ts';
import { useShownDialog } from '../actions/shown-dialog.ts';
import { client } from '../bridge/client.ts';
import { runCommand } from '../commands/command-registry.ts';
import { listenToAccelerators } from '../commands/key-bindings.ts';
import { useFleetMirror } from '../fleet-mirror/fleet-store.ts';
import { useDecisionNotices } from '../migration/decision-notices.ts';
import { type ScreenId, useNavigation } from '../navigation.ts';
import { useWindowDrop } from '../open/use-window-drop.ts';
import { OwnershipBanner } from '../ownership/ownership-banner.tsx';
import { useStaged } from '../procedures/intents.ts';
import { RecoveryBanners } from '../procedures/recovery-banners.tsx';
import { useRunEndNotices } from '../procedures/run-end-notices.ts';
import { TopologyScreen } from '../topology/topology-screen.tsx';
import { LoadingState } from '../ui/content/states.tsx';
import { Announcer } from '../ui/overlays/announcer.tsx';
import { NoticeArea } from '../ui/overlays/notice-area.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import styles from './frame.module.css';
import { holdKeysForOverlays } from './overlay-keys.ts';
import { Rail } from './rail.tsx';
import { LazyOpenDialog, screens } from './screens.tsx';
import { StatusBar } from './status-bar.tsx';
import { TopBar } from './top-bar.tsx';
import { useFrameCommands, useSimulationCommands } from './use-frame-commands.ts';

const CommandPalette = lazy(async () => ({
  default: (await import('./palette/command-palette.tsx')).CommandPalette,
}));
const KeyboardHelp = lazy(async () => ({ default: (await import('./keyboard-help.tsx')).KeyboardHelp }));
const ReviewSheet = lazy(async () => ({
  default: (await import('../procedures/review-sheet.tsx')).ReviewSheet,
}));

/** Rail, top bar, the chosen screen, status bar, and everything that may lie over any screen. */
export function Frame() {
  useFrameCommands();
  useSimulationCommands();
  useRunEndNotices();
  useDecisionNotices();
  useWindowDrop();
  useEffect(listenToAccelerators, []);
  useEffect(holdKeysForOverlays, []);
  useEffect(
    () =>
      client.listen('app:command', ({ command }) => {
        if (isCommandId(command)) runCommand(command);
      }),
    [],
  );
  const screen = useNavigation((state) => state.screen);
  return (
    <div className={styles.frame}>
      <TopBar />
      <Rail />
      <main className={styles.main} aria-label={titleOf(screen)}>
        <RecoveryBanners />
        <OwnershipBanner />
        <div className={styles.screen}>
          <ErrorBoundary key={screen} what={`The ${titleOf(screen).toLowerCase()} screen`}>
            <ScreenContent screen={screen} />
          </ErrorBoundary>
        </div>
      </main>
      <StatusBar />
      <NoticeArea />
      <Announcer />
      <Overlays />
    </div>
  );
}

/** A screen is called as the command that shows it. */
function titleOf(screen: ScreenId): string {
  return commandOf(`go-${screen}`).label;
}

/** The topology is in the first bundle: it is what a start shows. */
function ScreenContent({ screen }: { readonly screen: ScreenId }) {
  if (screen === 'topology') return <TopologyScreen />;
  const Screen = screens[screen];
  return (
    <Suspense fallback={<LoadingState>Opening {titleOf(screen).toLowerCase()}…</LoadingState>}>
      <Screen />
    </Suspense>
  );
}

/** What lies over any screen; each is loaded when it is first opened. */
function Overlays() {
  const { palette, help, openDialog } = useNavigation();
  const { staged, reviewed, left } = useStaged();
  return (
    <Suspense fallback={null}>
      {palette ? <CommandPalette onClose={() => useNavigation.setState({ palette: false })} /> : null}
      {help ? <KeyboardHelp onClose={() => useNavigation.setState({ help: false })} /> : null}
      {openDialog ? <LazyOpenDialog onClose={() => useNavigation.setState({ openDialog: false })} /> : null}
      {staged === null ? null : (
        <ReviewSheet key={JSON.stringify(staged)} change={staged} reviewed={reviewed} left={left} />
      )}
      <ShownDialog />
    </Suspense>
  );
}

/** Apart from the other overlays: only while a dialog is open does a change of the fleet render anything here. */
function ShownDialog() {
  const draw = useShownDialog((state) => state.draw);
  const fleet = useFleetMirror((state) => (draw === null ? null : state.fleet));
  return draw === null || fleet === null ? null : draw(fleet);
}
