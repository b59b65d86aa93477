import { type AdminCommand, type AdminCompletion, isSuccess } from '#shared/nvme/command.ts';
import { changesController } from '#shared/nvme/commands/table.ts';
import { describeStatus } from '#shared/nvme/status.ts';
import { type BerthError, type Result, succeed } from '#shared/result.ts';
import { printed, refused } from '../console/command-output.ts';
import type { ConsoleHost, KernelAnswer } from '../console/console-host.ts';
import type { SimulationCommand } from '../console/grammar/console-command.ts';
import { refusalOfError } from '../console/refusal-text.ts';
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

/** What becomes of a change: it is made, refused, or left out as if it had been made. */
export type Verdict =
  | { readonly kind: 'make' }
  | { readonly kind: 'refuse'; readonly error: BerthError }
  | { readonly kind: 'leave-out' };

export interface ChangeWatch {
  /** Before it happens. */
  before(change: HostChange): Promise<Verdict>;
  /** It was asked for. `refusal`: why the host did not do it, in words; null: it did. */
  after(change: HostChange, refusal: string | null): void;
}

/** A host on which every change is announced before it happens, and told when it has. Looking is not announced. */
export function watchConsole(host: ConsoleHost, watch: ChangeWatch): ConsoleHost {
  const kernel = (change: HostChange, work: () => Promise<KernelAnswer>): Promise<KernelAnswer> =>
    watched(watch, change, {
      work,
      refuse: (error) => ({
        ok: false,
        stage: 'write',
        errno: 'EBUSY',
        text: 'Device or resource busy',
        refusal: refusalOfError(error),
      }),
      leaveOut: () => ({ ok: true }),
      refusalOf: (answer) => (answer.ok ? null : `${answer.text}: ${answer.refusal.cause}`),
    });
  const asked = (change: HostChange, work: () => Promise<Result<void>>): Promise<Result<void>> =>
    watched(watch, change, {
      work,
      refuse: (error) => ({ ok: false, error }),
      leaveOut: () => succeed(undefined),
      refusalOf: (answer) => (answer.ok ? null : answer.error.message),
    });
  const { connection, simulate } = host;
  const { pci, virtualMachines: machines } = connection;
  return {
    ...host,
    connection: {
      describe: () => connection.describe(),
      functions: () => connection.functions(),
      adminQueue: (address) => {
        const queue = connection.adminQueue(address);
        return queue.ok ? succeed(watchQueue(queue.value, address, watch)) : queue;
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
          simulate: (command) =>
            watched(
              watch,
              { kind: 'simulation', command },
              {
                work: () => simulate(command),
                refuse: (error) => refused(`${command.name}: ${refusalWords(error)}`),
                leaveOut: () => printed(''),
                refusalOf: (output) => (output.exit === 0 ? null : output.stderr.trim()),
              },
            ),
        }),
  };
}

interface Way<T> {
  readonly work: () => Promise<T>;
  readonly refuse: (error: BerthError) => T;
  readonly leaveOut: () => T;
  /** Why the host did not do it; null: it did. */
  readonly refusalOf: (answer: T) => string | null;
}

async function watched<T>(watch: ChangeWatch, change: HostChange, way: Way<T>): Promise<T> {
  const verdict = await watch.before(change);
  switch (verdict.kind) {
    case 'leave-out':
      return way.leaveOut();
    case 'refuse': {
      const answer = way.refuse(verdict.error);
      watch.after(change, way.refusalOf(answer));
      return answer;
    }
    case 'make': {
      const answer = await way.work();
      watch.after(change, way.refusalOf(answer));
      return answer;
    }
  }
}

/** What a command answers that was left out. */
const leftOut: AdminCompletion = { sct: 0, sc: 0, dnr: false, dw0: 0 };

function watchQueue(queue: AdminQueue, address: string, watch: ChangeWatch): AdminQueue {
  return {
    ...queue,
    submit: (command) =>
      changesController(command.opcode)
        ? watched(
            watch,
            { kind: 'command', address, command },
            {
              work: () => queue.submit(command),
              refuse: (error) => ({ ok: false, error }),
              leaveOut: () => succeed(leftOut),
              refusalOf: (answer) =>
                !answer.ok
                  ? answer.error.message
                  : isSuccess(answer.value)
                    ? null
                    : describeStatus(answer.value),
            },
          )
        : queue.submit(command),
  };
}

function refusalWords({ message, fix }: BerthError): string {
  return fix === undefined ? message : `${message} ${fix}`;
}
