import type { Fleet } from '#shared/fleet/schema.ts';
import { settingsOf } from '#shared/procedure/lasting-steps.ts';
import { definitionOf, type Step } from '#shared/procedure/step.ts';
import { stepHostIds, stepManager } from '#shared/procedure/step-hosts.ts';
import type { FleetWriter, HostScope } from '../../fleet/fleet-writer.ts';
import type { ControllerScope } from '../../fleet/read/refresh-host.ts';

/**
 * What must be read again to see whether a step had its effect. `everything`: also what only a step that failed can have
 * left, a function that is suspended although its driver says that it runs.
 */
export function stepScope(step: Step, fleet: Fleet, depth: 'effect' | 'everything' = 'effect'): HostScope[] {
  const manager = stepManager(step, fleet);
  const address = manager?.pciAddress ?? manager?.deviceName ?? null;
  const suspension = depth === 'everything' && settingsOf(step).some(({ aspect }) => aspect === 'VFIO state');
  const parts = definitionOf(step).scope(step, fleet) ?? (suspension ? {} : null);
  return stepHostIds(step, fleet).map((hostId) => ({
    hostId,
    controllers:
      parts !== null && address !== null && manager?.hostId === hostId
        ? [{ address, ...parts, ...(suspension ? { suspension } : {}) }]
        : [],
  }));
}

/** Reads the fleet again for a step that was carried out: as it is now. */
export type ReadBack = (step: Step, depth: 'effect' | 'everything') => Promise<Fleet>;

/**
 * One reading for steps that are carried out at the same time, when the last of `count` has asked for it. Whoever asks once
 * more has tried again, and is read alone.
 */
export function readBackTogether(writer: Pick<FleetWriter, 'fleet' | 'refresh'>, count: number): ReadBack {
  const before = writer.fleet;
  const asked: { readonly step: Step; readonly depth: 'effect' | 'everything' }[] = [];
  let resolve: (fleet: Promise<Fleet>) => void = () => undefined;
  const whenAllAsked = new Promise<Fleet>((settle) => {
    resolve = settle;
  });
  return (step, depth) => {
    if (asked.length === count) return writer.refresh(stepScope(step, writer.fleet, depth));
    asked.push({ step, depth });
    if (asked.length === count) {
      const deepest = asked.some((one) => one.depth === 'everything') ? 'everything' : 'effect';
      resolve(
        writer.refresh(
          stepsScope(
            asked.map((one) => one.step),
            before,
            deepest,
          ),
        ),
      );
    }
    return whenAllAsked;
  };
}

/** The scopes of several steps as one: each host and each controller is read once, with all that is asked of it. */
export function stepsScope(
  steps: readonly Step[],
  fleet: Fleet,
  depth: 'effect' | 'everything',
): HostScope[] {
  const hosts = new Map<string, Map<string, ControllerScope>>();
  for (const { hostId, controllers } of steps.flatMap((step) => stepScope(step, fleet, depth))) {
    const known = hosts.get(hostId) ?? new Map<string, ControllerScope>();
    hosts.set(hostId, known);
    for (const scope of controllers) known.set(scope.address, joined(known.get(scope.address), scope));
  }
  return [...hosts].map(([hostId, controllers]) => ({ hostId, controllers: [...controllers.values()] }));
}

function joined(known: ControllerScope | undefined, scope: ControllerScope): ControllerScope {
  if (known === undefined) return scope;
  const either = (part: 'resources' | 'virtualSubsystems' | 'functions' | 'suspension') =>
    known[part] === true || scope[part] === true ? { [part]: true } : {};
  return {
    address: scope.address,
    ...either('resources'),
    ...either('virtualSubsystems'),
    ...either('functions'),
    ...either('suspension'),
    namespaces: [...new Set([...(known.namespaces ?? []), ...(scope.namespaces ?? [])])],
  };
}
