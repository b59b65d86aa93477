import type { ControllerIdentity } from '../../fleet/controller-identity.ts';
import type { Controller, ControllerCapabilities, Fleet } from '../../fleet/schema.ts';
import { controllerFullTitle } from '../../fleet/selectors.ts';
import { unreachable } from '../../result.ts';
import { exposedValue } from '../../virtual-subsystem/baseline/baseline.ts';
import type { ExposedCapability } from '../../virtual-subsystem/mask/exposed-capability.ts';
import { exposedFields } from '../../virtual-subsystem/mask/exposed-fields.ts';
import { counterpartsAt, type MigratingDevice, type MigrationSubject } from '../subject.ts';
import {
  bitsInWords,
  type CapabilityField,
  capabilityTitle,
  comparedCapabilities,
} from './capability-rules.ts';
import type { Check } from './check.ts';
import { type Finding, makeCheck } from './make-check.ts';

/** Whose Identify Controller answer stands for a side. */
interface Answer {
  readonly controller: Controller;
  readonly identity: ControllerIdentity;
  readonly capabilities: ControllerCapabilities;
}

/** Every capability field of every pair of controllers; pairs that are answered for by the same primaries once. */
export function capabilityChecks(subject: MigrationSubject): Check[] {
  const seen = new Set<string>();
  return subject.devices.flatMap((device) => {
    const pair = comparable(device);
    if (pair === undefined) return [unreadable(subject.fleet, device)];
    const masks = masksOf(subject, device);
    const narrowed = masks.source.length + masks.destination.length > 0;
    const of = narrowed ? ` as ${device.virtualSubsystem?.nqn ?? ''}` : '';
    const key = `${pair.source.controller.id}→${pair.destination.controller.id}${of}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return comparedCapabilities.map((field) =>
      makeCheck(
        'capabilities',
        field.key,
        key,
        capabilityTitle(field.key),
        compare(subject.fleet, field, pair.source, pair.destination, masks),
      ),
    );
  });
}

/**
 * Like is compared with like: both secondaries where both could be identified, otherwise their primaries. A secondary
 * in the hands of a guest, or offline, cannot be asked by the host, and a VF never answers quite like its PF.
 */
function comparable(device: MigratingDevice): { source: Answer; destination: Answer } | undefined {
  const pairs = [
    [device.source, device.destination],
    [device.sourcePrimary, device.destinationPrimary],
  ] as const;
  for (const [left, right] of pairs) {
    const source = answerOf(left);
    const destination = answerOf(right);
    if (source !== undefined && destination !== undefined) return { source, destination };
  }
  return undefined;
}

function answerOf(controller: Controller | undefined): Answer | undefined {
  if (controller?.identity == null || controller.capabilities === null) return undefined;
  return { controller, identity: controller.identity, capabilities: controller.capabilities };
}

function unreadable(fleet: Fleet, device: MigratingDevice): Check {
  const silent = [device.sourcePrimary, device.destinationPrimary].filter(
    (primary) => answerOf(primary) === undefined,
  );
  const names = silent.map((primary) =>
    primary === undefined ? 'an unknown controlling function' : controllerFullTitle(fleet, primary),
  );
  return makeCheck('capabilities', 'readable', device.mapping.sourceId, 'Identify Controller readable', {
    verdict: 'error',
    evidence: `Identify Controller (CNS 01h) could not be read from ${names.join(' and ')}`,
    fix: 'Bind the nvme driver to the controlling function and read the fleet again',
  });
}

/** The masks that the guest's virtual subsystem lays over both sides; the migration creates it where it is missing. */
interface Masks {
  readonly source: readonly ExposedCapability[];
  readonly destination: readonly ExposedCapability[];
  /** IEEE OUI that the virtual identity shows instead of both; undefined when it shows the hardware's. */
  readonly ieee: number | undefined;
}

function masksOf({ fleet, request }: MigrationSubject, { virtualSubsystem }: MigratingDevice): Masks {
  if (virtualSubsystem === undefined) return { source: [], destination: [], ieee: undefined };
  const prepared = counterpartsAt(fleet, request.destinationHostId, virtualSubsystem.nqn)[0];
  const { exposed, identity } = virtualSubsystem;
  return { source: exposed, destination: (prepared ?? virtualSubsystem).exposed, ieee: identity.ieee };
}

/** What the guest reads of a field: the hardware's value, narrowed. */
function shown(
  field: CapabilityField,
  answer: Answer,
  mask: readonly ExposedCapability[],
  ieee: number | undefined,
): number {
  if (field.key === 'ieee' && ieee !== undefined) return ieee;
  const value = field.read(answer.identity, answer.capabilities);
  const exposed = exposedFields.find(({ key }) => key === field.key);
  return exposed === undefined ? value : exposedValue(exposed, mask, value);
}

function compare(
  fleet: Fleet,
  field: CapabilityField,
  source: Answer,
  destination: Answer,
  masks: Masks,
): Finding {
  const left = shown(field, source, masks.source, masks.ieee);
  const right = shown(field, destination, masks.destination, masks.ieee);
  const values = { source: hexadecimal(left), destination: hexadecimal(right) };
  const narrowing = masks.source.length > 0 ? ', as narrowed by the virtual subsystem' : '';
  const from = `Identify Controller of ${controllerFullTitle(fleet, source.controller)} and ${controllerFullTitle(fleet, destination.controller)}${narrowing}`;
  const equalEvidence = `${values.source} on both sides, ${from}`;
  if (left === right) return { verdict: 'passed', evidence: equalEvidence, ...values };
  const evidence = `source ${values.source}, destination ${values.destination}, ${from}`;
  const name = field.key.toUpperCase();
  switch (field.rule) {
    case 'equal':
      return {
        verdict: 'error',
        evidence,
        fix: `Choose a destination whose ${name} is ${values.source}`,
        ...values,
      };
    case 'at-least': {
      const limit = (value: number) =>
        value === 0 && field.zeroIsUnlimited === true ? Number.POSITIVE_INFINITY : value;
      return limit(right) < limit(left)
        ? {
            verdict: 'error',
            evidence,
            fix: `Choose a destination whose ${name} is at least ${values.source}`,
            ...values,
          }
        : {
            verdict: 'warning',
            evidence: `${evidence}; the guest keeps to the smaller limit that it read before the move`,
            fix: `Acknowledge that ${name} reads larger after the move`,
            ...values,
          };
    }
    case 'superset': {
      const missing = (left & ~right) >>> 0;
      const extra = (right & ~left) >>> 0;
      return missing === 0
        ? {
            verdict: 'warning',
            evidence: `${evidence}; new at the destination: ${bitsInWords(field.key, extra)}`,
            fix: `Acknowledge that ${name} shows more after the move`,
            ...values,
          }
        : {
            verdict: 'error',
            evidence: `${evidence}; missing at the destination: ${bitsInWords(field.key, missing)}`,
            fix: `Choose a destination that offers ${bitsInWords(field.key, missing)}`,
            ...values,
          };
    }
    default:
      return unreachable(field.rule);
  }
}

function hexadecimal(value: number): string {
  return `0x${value.toString(16).padStart(2, '0')}`;
}
