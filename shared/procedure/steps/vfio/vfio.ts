import { z } from 'zod';
import type { Fleet, SecondaryController } from '../../../fleet/schema.ts';
import { controllerTitle, findPrimary, findSecondary, hostTitle } from '../../../fleet/selectors.ts';
import type { NvmeCliGeneration } from '../../../nvme/nvme-cli/nvme-cli-line.ts';
import { type VfioState, withoutEarlyState } from '../../../vfio/device-state.ts';
import { isVfioDriver } from '../../../vfio/drivers.ts';
import { vfioStateSchema } from '../../../vfio/schema.ts';
import { defineStep } from '../../step-definition.ts';
import { onSecondary } from '../conditions.ts';
import { id } from '../fields.ts';
import { withController } from '../predictions.ts';
import type { FunctionLevelReset } from '../resets.ts';
import { secondaryUnlisted, secondaryWords } from '../secondary.ts';
import { devicePath } from '../shell.ts';
import { fullTitleOf } from '../titles.ts';
import { type VfioCommandLines, vfioCommandLines } from './vfio-command-lines.ts';

/**
 * Live migration through VFIO (Linux uAPI vfio.h): the driver sends Migration Send and Receive on the controlling
 * function. The command lines are what the driver does. What a state change means depends on the state before it.
 */

const setStateSchema = z.object({
  kind: z.literal('vfio-set-state'),
  controllerId: id,
  state: vfioStateSchema,
});
const transferSchema = z.object({
  kind: z.literal('vfio-transfer-state'),
  sourceId: id,
  destinationId: id,
});

export type VfioSetState = z.infer<typeof setStateSchema>;

const setState = defineStep({
  schema: setStateSchema,
  targets: ({ controllerId }) => ({ controllers: [controllerId] }),
  words: ({ controllerId, state }, fleet) =>
    transition(stateOf(fleet, controllerId), state).words(fullTitleOf(fleet, controllerId)),
  command: null,
  commandLines: ({ controllerId, state }, { fleet, nvmeCli }) => [
    ...transition(stateOf(fleet, controllerId), state).lines(
      linesOf(fleet, controllerId, nvmeCli),
      stateFile(fleet, controllerId),
    ),
  ],
  blockers: ({ controllerId }, fleet) => onSecondary(fleet, controllerId, vfioBlockers),
  predict({ controllerId, state }, fleet) {
    const secondary = findSecondary(fleet, controllerId);
    if (secondary === undefined) return fleet;
    const { suspended: _, ...others } = secondary;
    return withController(fleet, { ...others, vfioState: state });
  },
  effect({ controllerId, state }, fleet) {
    const secondary = findSecondary(fleet, controllerId);
    return secondary === undefined
      ? { holds: false, readBack: secondaryUnlisted }
      : {
          holds: secondary.vfioState === state && secondary.suspended !== true,
          readBack: secondaryWords(secondary),
        };
  },
  inverse({ controllerId, state }, fleet): (VfioSetState | FunctionLevelReset)[] | null {
    const before = stateOf(fleet, controllerId);
    if (before === null) return null;
    // A resuming session ends only with loaded state or a reset, and what was loaded goes only with a reset.
    return [state, before].includes('RESUMING')
      ? [{ kind: 'function-level-reset', controllerId }]
      : [{ kind: 'vfio-set-state', controllerId, state: withoutEarlyState(before) }];
  },
  sets: ({ controllerId, state }) => [{ object: controllerId, aspect: 'VFIO state', value: state }],
  scope: () => null,
  // From one state to another the way may lead through others, and each hop may be several commands.
  hasParts: true,
  // Only a resume: whatever stops or loads a device has a way back.
  mayRepeat({ controllerId, state }, fleet) {
    const before = stateOf(fleet, controllerId);
    return state.startsWith('RUNNING') && before !== state && (before === 'STOP' || before === 'RUNNING_P2P');
  },
  downtime: ({ state }) => (state === 'STOP_COPY' ? 'device state' : null),
});

const transferState = defineStep({
  schema: transferSchema,
  targets: ({ sourceId, destinationId }) => ({ controllers: [sourceId, destinationId] }),
  words: ({ sourceId, destinationId }, fleet) =>
    `Send the state of ${fullTitleOf(fleet, sourceId)} to ${fullTitleOf(fleet, destinationId)}`,
  command: null,
  commandLines({ sourceId, destinationId }, { fleet }) {
    const host = hostTitle(fleet, fleet.controllers[destinationId]?.hostId ?? '');
    return [`scp ${stateFile(fleet, sourceId)} ${host}:${stateFile(fleet, destinationId)}`];
  },
  blockers: ({ sourceId, destinationId }, fleet) => [
    ...onSecondary(fleet, sourceId, vfioBlockers),
    ...onSecondary(fleet, destinationId, vfioBlockers),
  ],
  // The model knows nothing of what is in the state.
  predict: (_, fleet) => fleet,
  effect: () => ({ holds: true, readBack: 'The destination accepted the whole state' }),
  // The source keeps everything; the destination is reset by the inverse of its RESUMING.
  inverse: (): (VfioSetState | FunctionLevelReset)[] => [],
  sets: () => [],
  scope: () => null,
  // What was read of the state is read once, and what was written of it cannot be written again: both sides begin anew.
  beforeRepeat: ({ sourceId, destinationId }): (VfioSetState | FunctionLevelReset)[] => [
    { kind: 'vfio-set-state', controllerId: sourceId, state: 'STOP' },
    { kind: 'vfio-set-state', controllerId: sourceId, state: 'STOP_COPY' },
    { kind: 'function-level-reset', controllerId: destinationId },
    { kind: 'vfio-set-state', controllerId: destinationId, state: 'RESUMING' },
  ],
  downtime: () => 'device state',
});

export const vfioSteps = { 'vfio-set-state': setState, 'vfio-transfer-state': transferState };

function stateOf(fleet: Fleet, controllerId: string): VfioState | null {
  return findSecondary(fleet, controllerId)?.vfioState ?? null;
}

function vfioBlockers(secondary: SecondaryController): string[] {
  if (!isVfioDriver(secondary.driver))
    return [`${controllerTitle(secondary)} is not bound to vfio-pci, so it has no VFIO state.`];
  return secondary.migrationEnabled
    ? []
    : [`Live migration of ${controllerTitle(secondary)} is not enabled, so VFIO offers none.`];
}

interface Transition {
  words(title: string): string;
  lines(driver: VfioCommandLines, file: string): readonly string[];
}

/** What a state change is to a person and to the device. */
function transition(from: VfioState | null, to: VfioState): Transition {
  const runs = from === null || from.startsWith('RUNNING') || from.startsWith('PRE_COPY');
  switch (to) {
    case 'RUNNING':
      return from === 'RUNNING_P2P'
        ? {
            words: (title) => `Let ${title} start peer-to-peer DMA again (VFIO RUNNING)`,
            lines: () => [],
          }
        : { words: (title) => `Resume ${title} (VFIO RUNNING)`, lines: ({ resume }) => resume };
    case 'RUNNING_P2P':
      // Suspend Notification (STYPE 0) is all that NVMe has for "start nothing new".
      return runs
        ? {
            words: (title) => `Keep ${title} from peer-to-peer DMA (VFIO RUNNING_P2P)`,
            lines: ({ notify }) => notify,
          }
        : {
            words: (title) => `Resume ${title} without peer-to-peer DMA (VFIO RUNNING_P2P)`,
            lines: ({ resume }) => resume,
          };
    case 'STOP':
      // Leaving RESUMING hands the whole state over, which is verified and committed.
      return from === 'RESUMING'
        ? {
            words: (title) => `Load the state into ${title} (VFIO STOP)`,
            lines: ({ load }, file) => load(file),
          }
        : { words: (title) => `Suspend ${title} (VFIO STOP)`, lines: ({ suspend }) => suspend };
    case 'STOP_COPY':
      return {
        words: (title) => `Read the state of ${title} (VFIO STOP_COPY)`,
        lines: ({ save }, file) => save(file),
      };
    case 'RESUMING':
      return {
        words: (title) => `Open ${title} for the incoming state (VFIO RESUMING)`,
        lines: ({ suspend }) => suspend,
      };
    case 'PRE_COPY':
      return {
        words: (title) => `Read early state of ${title} while it runs (VFIO PRE_COPY)`,
        lines: () => [],
      };
    case 'PRE_COPY_P2P':
      return {
        words: (title) => `Keep ${title} from peer-to-peer DMA (VFIO PRE_COPY_P2P)`,
        lines: ({ notify }) => notify,
      };
    case 'ERROR':
      return { words: (title) => `Set ${title} to VFIO ${to}`, lines: () => [] };
  }
}

function linesOf(fleet: Fleet, controllerId: string, nvmeCli: NvmeCliGeneration): VfioCommandLines {
  const secondary = findSecondary(fleet, controllerId);
  const primary = secondary && findPrimary(fleet, secondary.primaryId);
  return vfioCommandLines(
    primary?.migrationInterface ?? null,
    devicePath(primary ?? fleet.controllers[controllerId]),
    { cntlid: secondary?.cntlid ?? 0, vfn: secondary?.vfn ?? 0, nvmeCli },
  );
}

/** Each side names the file after its own controller: the two may have another CNTLID. */
function stateFile(fleet: Fleet, controllerId: string): string {
  return `state-0x${(fleet.controllers[controllerId]?.cntlid ?? 0).toString(16)}.bin`;
}
