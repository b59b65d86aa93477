import { z } from 'zod';
import { nvmeCliGenerations } from '../nvme/nvme-cli/nvme-cli-line.ts';

/** Every setting; the defaults are in `defaults.ts`. Unknown or broken stored values fall back to the default, one by one. */
export const settingsSchema = z.object({
  theme: z.enum(['system', 'dark', 'light']),
  contrast: z.enum(['system', 'more', 'normal']),
  motion: z.enum(['system', 'reduced', 'full']),
  /** Run an assignment at once when dropped, instead of staging it for Apply. */
  applyAtOnce: z.boolean(),
  /** Default downtime budget of new migrations, milliseconds. */
  downtimeBudgetMilliseconds: z.number().int().min(1).max(600_000),
  topologyView: z.enum(['graph', 'list']),
  dockOpen: z.boolean(),
  dockHeight: z.number().int().min(80).max(800),
  inspectorOpen: z.boolean(),
  /** Procedures that the history keeps; older ones that have ended are deleted. */
  historyLimit: z.number().int().min(50).max(1000),
  /** The generation of nvme-cli for which command lines and scripts are written. */
  nvmeCli: z.enum(nvmeCliGenerations),
});
export type Settings = z.infer<typeof settingsSchema>;

/** Words for the settings page and for error messages. */
export const settingTexts: Record<keyof Settings, { readonly label: string; readonly description: string }> =
  {
    theme: { label: 'Theme', description: 'Dark, light, or the system setting.' },
    contrast: { label: 'Contrast', description: 'More contrast draws stronger lines and text.' },
    motion: { label: 'Motion', description: 'Reduced motion turns transitions off.' },
    applyAtOnce: {
      label: 'Apply at once',
      description: 'Run an assignment when it is dropped. Otherwise it is shown first and waits for Apply.',
    },
    downtimeBudgetMilliseconds: {
      label: 'Downtime budget',
      description: 'Longest guest pause that a new migration may plan with, in milliseconds.',
    },
    topologyView: { label: 'Topology as', description: 'Graph or list; both show the same selection.' },
    dockOpen: {
      label: 'Show the command dock',
      description: 'The list of admin commands under the topology.',
    },
    dockHeight: { label: 'Height of the dock', description: 'In pixels, 80 to 800.' },
    nvmeCli: {
      label: 'Command lines for nvme-cli',
      description:
        'nvme-cli 3 regrouped its commands: nvme id-ctrl became nvme id ctrl. Scripts say which they are for.',
    },
    historyLimit: {
      label: 'Length of the history',
      description:
        'Procedures that are kept, 50 to 1000. Older ones are deleted with their journals and can no longer be undone.',
    },
    inspectorOpen: { label: 'Show the inspector', description: 'Details of the selection, on the right.' },
  };
