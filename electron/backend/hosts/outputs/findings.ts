import type { StructureName } from './structures.ts';

/** One namespace as a list shows it. */
export interface NamespaceRow {
  readonly nsid: number;
  /** `nvme0n1` */
  readonly disk: string;
  /** Exact sizes in bytes; null where the output rounds them or leaves them out. */
  readonly sizeBytes: number | null;
  readonly blockSize: number | null;
}

/** What an output says of one thing. Everything that a kind of output leaves out is simply not there. */
export type Fact =
  | {
      readonly kind: 'structure';
      readonly structure: StructureName;
      readonly nsid: number | null;
      /** In the form of `nvme … -o json`. */
      readonly value: object;
      /** Whose it is, as far as the content tells. */
      readonly cntlid?: number;
      readonly serial?: string;
    }
  | {
      readonly kind: 'refused';
      readonly structure: StructureName;
      readonly nsid: number | null;
      /** 15 bits, More and DNR included. */
      readonly status: number;
    }
  /** A controller device, null where its name is not one of the kernel's; attributes as `/sys/class/nvme/nvme0` names them. */
  | {
      readonly kind: 'device';
      readonly device: string | null;
      readonly attributes: Readonly<Record<string, string>>;
      readonly namespaces?: readonly NamespaceRow[];
    }
  | { readonly kind: 'subsystem'; readonly name: string; readonly nqn: string }
  /** A PCI function; attributes and links as `/sys/bus/pci/devices/…` names them. */
  | {
      readonly kind: 'function';
      readonly address: string;
      readonly attributes: Readonly<Record<string, string>>;
      readonly links: Readonly<Record<string, string>>;
    }
  /** A virtual machine that libvirt describes. */
  | {
      readonly kind: 'machine';
      readonly name: string;
      readonly vcpus: number;
      readonly memoryBytes: number;
      /** Addresses of the PCI functions that it has. */
      readonly devices: readonly string[];
      readonly running: boolean;
    }
  /** One line of a sysfs dump: path and value, or `-> target`. */
  | { readonly kind: 'sysfs'; readonly path: string; readonly value: string }
  | { readonly kind: 'host'; readonly name?: string; readonly kernel?: string };

/** One output that was recognised by its content. */
export interface OutputFinding {
  /** `nvme id-ctrl`, `lspci -vvv` */
  readonly title: string;
  /** The form it was in. */
  readonly form: 'text' | 'JSON' | 'XML' | 'files';
  /** The device it was taken from, where the command line or the content says it. */
  readonly device: string | null;
  /** What is in it, in a few words. */
  readonly holds: string;
  readonly facts: readonly Fact[];
  /** What is wrong with it or missing in it, in sentences. */
  readonly notes: readonly string[];
}

/** A command line above an output, or the file name that says as much. */
export interface CommandLine {
  /** `nvme`, `lspci`, `dmesg`, … */
  readonly program: string;
  /** Of nvme and virsh: `id-ctrl`. */
  readonly command: string;
  /** `nvme0` */
  readonly device: string | null;
  readonly nsid: number | null;
  readonly all: boolean;
}

/** An output and where it stands. */
export interface Block {
  readonly lines: readonly string[];
  readonly command: CommandLine | null;
}

/** A whole number as tools print it: `0x1f`, `31`, `1,600,321`; null for anything else. */
export function numberFrom(text: string): bigint | null {
  const digits = /^(0x[0-9a-f]{1,32}|\d{1,3}(?:,\d{3}){1,12}|\d{1,39})(?=$|[\s(])/i.exec(text.trim())?.[1];
  return digits === undefined ? null : BigInt(digits.replaceAll(',', '').toLowerCase());
}
