import type { Fleet, Host, VirtualMachine } from '#shared/fleet/schema.ts';
import { hostTitle } from '#shared/fleet/selectors.ts';
import type { DestinationOption } from '#shared/migration/checks/check.ts';
import { destinationOptions } from '#shared/migration/destination-options.ts';
import { proposeMapping } from '#shared/migration/mapping.ts';
import { defaultPreCopyOptions, type MigrationPolicy } from '#shared/migration/pre-copy/options.ts';
import type { MigrationOptions, MigrationRequest } from '#shared/migration/request.ts';
import { fail, type Result, succeed } from '#shared/result.ts';

/** What of a migration stands on the command line. */
export interface MigrationArguments {
  readonly source: string;
  readonly snapshot: string | undefined;
  /** Name of the virtual machine, or `HOST:NAME` where several hosts have one of that name. */
  readonly vm: string | undefined;
  readonly to: string | undefined;
  readonly policy: string | undefined;
  /** Longest standstill of the guest, milliseconds. */
  readonly downtime: string | undefined;
  /** Largest share of its time that the guest's processors may lose, percent. */
  readonly throttle: string | undefined;
  readonly whenNotConverging: string | undefined;
  /** It goes on copying until a person says when the guest is stopped. */
  readonly hold: boolean;
}

const policies: readonly MigrationPolicy[] = ['minimal-downtime', 'balanced', 'fastest', 'stop-and-copy'];
const endings = ['finish', 'give-up'] as const;

/** The virtual machine that is meant. Errors: `invalid-request`. */
export function findMachine(fleet: Fleet, { source, vm }: MigrationArguments): Result<VirtualMachine> {
  const machines = Object.values(fleet.virtualMachines);
  const found = machines.filter(
    ({ name, hostId }) => name === vm || `${hostTitle(fleet, hostId)}:${name}` === vm,
  );
  const [machine] = found;
  if (machine !== undefined && found.length === 1) return succeed(machine);
  const names = machines.map(({ name, hostId }) => `${hostTitle(fleet, hostId)}:${name}`);
  const problem =
    vm === undefined
      ? 'Which virtual machine moves is not said'
      : found.length > 1
        ? `${source} has several virtual machines ${vm}`
        : `${source} has no virtual machine ${vm}`;
  return fail('invalid-request', problem, {
    object: source,
    field: '--vm',
    fix: names.length === 0 ? 'It has none.' : `Choose one of: ${names.join(', ')}`,
  });
}

/** Every host with its reasons, the ones that could take it first. */
export function rankedDestinations(fleet: Fleet, machine: VirtualMachine): readonly DestinationOption[] {
  const options = destinationOptions(fleet, machine.id).filter(({ hostId }) => hostId !== machine.hostId);
  return [...options].sort((one, other) => Number(other.eligible) - Number(one.eligible));
}

/** The migration that is asked for, with the best mapping. Errors: `invalid-request`. */
export function requestFromArguments(
  fleet: Fleet,
  machine: VirtualMachine,
  given: MigrationArguments,
): Result<MigrationRequest> {
  const host = findHost(fleet, given, '--to', machine.hostId);
  if (!host.ok) return host;
  const options = migrationOptions(given);
  if (!options.ok) return options;
  const { devices } = proposeMapping(fleet, machine.id, host.value.id);
  return succeed({
    ...{ virtualMachineId: machine.id, destinationHostId: host.value.id, devices, acknowledged: [] },
    options: options.value,
  });
}

/** The host that an option names. Errors: `invalid-request`. */
export function findHost(
  fleet: Fleet,
  given: Pick<MigrationArguments, 'source' | 'to'> & { readonly evacuate?: string | undefined },
  field: '--to' | '--evacuate',
  not?: string,
): Result<Host> {
  const wanted = field === '--to' ? given.to : given.evacuate;
  const host = Object.values(fleet.hosts).find(({ id, name }) => name === wanted || id === wanted);
  if (host !== undefined) return succeed(host);
  return fail(
    'invalid-request',
    wanted === undefined ? 'Where it moves to is not said' : `${given.source} has no host ${wanted}`,
    {
      object: given.source,
      field,
      fix: `Choose one of: ${Object.values(fleet.hosts)
        .filter(({ id }) => id !== not)
        .map(({ name }) => name)
        .join(', ')}`,
    },
  );
}

/** How it moves. Errors: `invalid-request`. */
export function migrationOptions(given: MigrationArguments): Result<MigrationOptions> {
  const policy = oneOf('--policy', given.policy ?? 'balanced', policies);
  if (!policy.ok) return policy;
  const ending = oneOf('--when-not-converging', given.whenNotConverging ?? 'give-up', endings);
  if (!ending.ok) return ending;
  const budget = wholeNumberOption('--downtime', given.downtime ?? '300', 1, 600_000);
  if (!budget.ok) return budget;
  const throttle = wholeNumberOption(
    '--throttle',
    given.throttle ?? String(defaultPreCopyOptions.largestThrottlePercent),
    0,
    99,
  );
  if (!throttle.ok) return throttle;
  const base = {
    downtimeBudgetMilliseconds: budget.value,
    releaseSource: true,
    detachSourceNamespaces: true,
  };
  if (policy.value === 'stop-and-copy')
    return given.hold
      ? fail('invalid-request', '--hold does not go with --policy stop-and-copy', {
          ...{ object: '--hold', field: '--hold' },
          fix: 'Give another --policy: what stops the guest first has nothing to hold before.',
        })
      : succeed(base);
  return succeed({
    ...base,
    preCopy: {
      ...defaultPreCopyOptions,
      ...{ policy: policy.value, largestThrottlePercent: throttle.value, whenNotConverging: ending.value },
      holdBeforeSwitchOver: given.hold,
    },
  });
}

function oneOf<T extends string>(field: string, value: string, allowed: readonly T[]): Result<T> {
  const found = allowed.find((one) => one === value);
  return found === undefined
    ? fail('invalid-request', `${field} does not take ${value}`, {
        ...{ object: value, field },
        fix: `Give one of: ${allowed.join(', ')}`,
      })
    : succeed(found);
}

/** A number of the command line. Errors: `invalid-request`. */
export function wholeNumberOption(field: string, text: string, least: number, most: number): Result<number> {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return value >= least && value <= most
    ? succeed(value)
    : fail('invalid-request', `${field} does not take ${text}`, {
        ...{ object: text, field },
        fix: `Give a whole number from ${least} to ${most}`,
      });
}
