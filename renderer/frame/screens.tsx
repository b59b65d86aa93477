import { type ComponentType, lazy } from 'react';
import type { ScreenId } from '../navigation.ts';

/** The screens beside the topology; each is loaded when it is first shown. */
export const screens: Readonly<Record<Exclude<ScreenId, 'topology'>, ComponentType>> = {
  'virtual-subsystems': lazy(async () => ({
    default: (await import('../virtual-subsystems/virtual-subsystems-screen.tsx')).VirtualSubsystemsScreen,
  })),
  migrations: lazy(async () => ({
    default: (await import('../migration/migration-screen.tsx')).MigrationScreen,
  })),
  commands: lazy(async () => ({ default: (await import('../trace/commands-screen.tsx')).CommandsScreen })),
  reports: lazy(async () => ({ default: (await import('../reports/reports-screen.tsx')).ReportsScreen })),
  history: lazy(async () => ({ default: (await import('../history/history-screen.tsx')).HistoryScreen })),
  'fleet-editor': lazy(async () => ({
    default: (await import('../fleet-editor/fleet-editor-screen.tsx')).FleetEditorScreen,
  })),
  settings: lazy(async () => ({ default: (await import('../settings/settings-screen.tsx')).SettingsScreen })),
};

/** Shown while `openDialog` of the navigation is set; it closes itself with `onClose`. */
export const LazyOpenDialog = lazy(async () => ({
  default: (await import('../open/open-dialog.tsx')).OpenDialog as ComponentType<{ onClose: () => void }>,
}));
