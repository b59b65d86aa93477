import type { MigrationInterface } from '../../vfio/migration-interface.ts';

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
 * The lines for one function. `device` is its controlling function, `cntlid` in hexadecimal, `vfn` 1-based. A
 * self-contained function is stopped, saved and loaded by loads and stores of its driver: there is no command for it.
 */
export function vfioCommandLines(
  kind: MigrationInterface | null,
  device: string,
  { cntlid, vfn }: { readonly cntlid: string; readonly vfn: number },
): VfioCommandLines {
  switch (kind) {
    case 'vendor-2022': {
      const vendor = (opcode: string, rest = '') =>
        `nvme admin-passthru ${device} --opcode=${opcode} --cdw10=${vfn}${rest}`;
      return {
        suspend: [vendor('0xc8')],
        notify: [],
        resume: [vendor('0xcc')],
        save: (file) => [
          `size=$(${vendor('0xc4')} | sed 's/.*value: *//')`,
          `${vendor('0xd2', ' --data-len=$size --read --raw-binary')} > ${file}`,
        ],
        load: (file) => [
          `size=$(stat -c %s ${file})`,
          vendor('0xd5', ` --cdw11=$size --data-len=$size --write --input-file=${file}`),
        ],
      };
    }
    case 'self-contained':
      return { suspend: [], notify: [], resume: [], save: () => [], load: () => [] };
    default:
      return {
        suspend: [`nvme lm migration-send ${device} --sel=0 --stype=1 --cntlid=${cntlid}`],
        notify: [`nvme lm migration-send ${device} --sel=0 --stype=0 --cntlid=${cntlid}`],
        resume: [`nvme lm migration-send ${device} --sel=1 --cntlid=${cntlid}`],
        save: (file) => [
          `nvme lm migration-recv ${device} --sel=0 --cntlid=${cntlid} --csvi=1 --csuuidi=1 --output-file=${file}`,
        ],
        load: (file) => [
          `nvme lm migration-send ${device} --sel=2 --cntlid=${cntlid} --csvi=1 --csuuidi=1 --seq-ind=${wholeStateInOneCommand} --input-file=${file}`,
        ],
      };
  }
}
