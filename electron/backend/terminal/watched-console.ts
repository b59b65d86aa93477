import type { AdminCommand } from '#shared/nvme/command.ts';
import { changesController } from '#shared/nvme/commands/table.ts';
import { type BerthError, type Result, succeed } from '#shared/result.ts';
import { refused } from '../console/command-output.ts';
import type { ConsoleHost, KernelAnswer } from '../console/console-host.ts';
import type { SimulationCommand } from '../console/grammar/console-command.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';

/** Something that a line does to its host. */
export type HostChange =
  /** An admin command that may change something. `address`: of the function whose queue takes it. */
  | { readonly kind: 'command'; readonly address: string; readonly command: AdminCommand }
  /** `path` below `/sys`, as it was written. */
  | { readonly kind: 'sysfs'; readonly path: string; readonly text: string }
  | { readonly kind: 'reset'; readonly device: string; readonly scope: 'controller' | 'subsystem' }
  | {
      readonly kind: 'machine';
      readonly act: 'pause' | 'resume' | 'attach' | 'detach';
      readonly name: string;
      /** Of the function that is attached or detached. */
      readonly address: string | null;
    }
  | {
      readonly kind: 'driver';
      readonly address: string;
      readonly driver: 'nvme' | 'vfio-pci' | null;
    }
  /** `berth fault` and the like: not the script's own doing, but what happens to it. */
  | { readonly kind: 'simulation'; readonly command: SimulationCommand };

export interface ChangeWatch {
  /** Before it happens; whoever answers an error refuses it. */
  before(change: HostChange): Promise<BerthError | null>;
  /** It was asked for. `refusal`: why the host did not do it, in words; null: it did. */
  after(change: HostChange, refusal: string | null): void;
}

/** A host on which every change is announced before it happens, and told when it has. Looking is not announced. */
export function watchConsole(host: ConsoleHost, watch: ChangeWatch): ConsoleHost {
  const kernel = async (change: HostChange, work: () => Promise<KernelAnswer>): Promise<KernelAnswer> => {
    const error = await watch.before(change);
    const answer = error === null ? await work() : busyAnswer(error);
    watch.after(change, answer.ok ? null : `${answer.text}: ${answer.reason}`);
    return answer;
  };
  const asked = async <T>(change: HostChange, work: () => Promise<Result<T>>): Promise<Result<T>> => {
    const error = await watch.before(change);
    const answer: Result<T> = error === null ? await work() : { ok: false, error };
    watch.after(change, answer.ok ? null : answer.error.message);
    return answer;
  };
  const { connection, simulate } = host;
  const { pci, virtualMachines: machines } = connection;
  return {
    ...host,
    connection: {
      describe: () => connection.describe(),
      functions: () => connection.functions(),
      adminQueue: (address) => {
        const queue = connection.adminQueue(address);
        return queue.ok ? succeed(watchQueue(queue.value, address, asked)) : queue;
      },
      pci: {
        setDriver: (address, driver) =>
          asked({ kind: 'driver', address, driver }, () => pci.setDriver(address, driver)),
      },
      virtualMachines: {
        list: () => machines.list(),
        pause: (name) =>
          asked({ kind: 'machine', act: 'pause', name, address: null }, () => machines.pause(name)),
        resume: (name) =>
          asked({ kind: 'machine', act: 'resume', name, address: null }, () => machines.resume(name)),
        attachDevice: (name, address) =>
          asked({ kind: 'machine', act: 'attach', name, address }, () =>
            machines.attachDevice(name, address),
          ),
        detachDevice: (name, address) =>
          asked({ kind: 'machine', act: 'detach', name, address }, () =>
            machines.detachDevice(name, address),
          ),
      },
    },
    writeSysfs: (path, text) => kernel({ kind: 'sysfs', path, text }, () => host.writeSysfs(path, text)),
    resetDevice: (device) =>
      kernel({ kind: 'reset', device, scope: 'controller' }, () => host.resetDevice(device)),
    resetSubsystemOfDevice: (device) =>
      kernel({ kind: 'reset', device, scope: 'subsystem' }, () => host.resetSubsystemOfDevice(device)),
    ...(simulate === undefined
      ? {}
      : {
          simulate: async (command) => {
            const change = { kind: 'simulation', command } as const;
            const error = await watch.before(change);
            const output =
              error === null ? await simulate(command) : refused(`${command.name}: ${refusalWords(error)}`);
            watch.after(change, output.exit === 0 ? null : output.stderr.trim());
            return output;
          },
        }),
  };
}

function watchQueue(
  queue: AdminQueue,
  address: string,
  asked: <T>(change: HostChange, work: () => Promise<Result<T>>) => Promise<Result<T>>,
): AdminQueue {
  return {
    submit: (command) =>
      changesController(command.opcode)
        ? asked({ kind: 'command', address, command }, () => queue.submit(command))
        : queue.submit(command),
  };
}

function busyAnswer(error: BerthError): KernelAnswer {
  return {
    ok: false,
    stage: 'write',
    errno: 'EBUSY',
    text: 'Device or resource busy',
    reason: refusalWords(error),
  };
}

function refusalWords({ message, fix }: BerthError): string {
  return fix === undefined ? message : `${message} ${fix}`;
}
