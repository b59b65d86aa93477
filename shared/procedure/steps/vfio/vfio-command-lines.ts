import type { AdminCommand } from '../../../nvme/command.ts';
import {
  resumeController,
  suspendController,
  suspendTypes,
} from '../../../nvme/commands/migration/migration-send.ts';
import {
  vendorLoadData,
  vendorQueryDataSize,
  vendorResume,
  vendorSaveData,
  vendorSuspend,
} from '../../../nvme/commands/migration/vendor-migration.ts';
import { commandLine } from '../../../nvme/commands/table.ts';
import { type NvmeCliGeneration, nvmeCliLine, spellLine } from '../../../nvme/nvme-cli/nvme-cli-line.ts';
import type { MigrationInterface } from '../../../vfio/schema.ts';

/** What a VFIO driver does to its function, as a shell would do it through the interface of the device. */
export interface VfioCommandLines {
  readonly suspend: readonly string[];
  /** Warns before the stop; there is no such thing without P2P. */
  readonly notify: readonly string[];
  readonly resume: readonly string[];
  /** Writes the state to a file. */
  readonly save: (file: string) => readonly string[];
  /** Loads the state from a file. */
  readonly load: (file: string) => readonly string[];
}

/** Migration Send (41h), Set Controller State: SEQIND 11b, the whole state in one command (NVMe Base 2.1, 5.1.17). */
const wholeStateInOneCommand = 3;

/**
 * The lines for one function. `device` is its controlling function, `vfn` 1-based. A self-contained function is stopped,
 * saved and loaded by loads and stores of its driver: there is no command for it. The size of a state is known only when
 * it is there, so it stands as a shell variable where a command needs it.
 */
export function vfioCommandLines(
  kind: MigrationInterface | null,
  device: string,
  {
    cntlid,
    vfn,
    nvmeCli,
  }: { readonly cntlid: number; readonly vfn: number; readonly nvmeCli: NvmeCliGeneration },
): VfioCommandLines {
  const line = (command: AdminCommand) => commandLine(command, device, {}, nvmeCli);
  const stateLine = (name: string, options: Parameters<typeof nvmeCliLine>[1]) =>
    spellLine(nvmeCliLine(name, { cntlid, ...options }), device, nvmeCli);
  const index = vfn;
  switch (kind) {
    case 'vendor-2022':
      return {
        suspend: [line(vendorSuspend.encode({ index }))],
        notify: [],
        resume: [line(vendorResume.encode({ index }))],
        save: (file) => [
          `size=$(${line(vendorQueryDataSize.encode({ index }))} | sed 's/.*value: *//')`,
          `${line(vendorSaveData.encode({ index }))} --data-len=$size --read --raw-binary > ${file}`,
        ],
        load: (file) => [
          `size=$(stat -c %s ${file})`,
          `${line(vendorLoadData.encode({ index }))} --cdw11=$size --data-len=$size --write --input-file=${file}`,
        ],
      };
    case 'self-contained':
      return { suspend: [], notify: [], resume: [], save: () => [], load: () => [] };
    case 'standard':
    case null:
      return {
        suspend: [line(suspendController.encode({ cntlid, stype: suspendTypes.suspend.value }))],
        notify: [line(suspendController.encode({ cntlid, stype: suspendTypes.notification.value }))],
        resume: [line(resumeController.encode({ cntlid }))],
        save: (file) => [
          stateLine('lm migration-recv', { sel: 0, csvi: 1, csuuidi: 1, 'output-file': file }),
        ],
        load: (file) => [
          stateLine('lm migration-send', {
            ...{ sel: 2, csvi: 1, csuuidi: 1, 'seq-ind': wholeStateInOneCommand, 'input-file': file },
          }),
        ],
      };
  }
}
