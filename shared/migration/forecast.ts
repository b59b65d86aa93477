import type { Fleet } from '../fleet/schema.ts';
import {
  commandMilliseconds,
  commandsOfMachine,
  type DowntimeInput,
  type DowntimeTerm,
  downtimeTerms,
  linkOf,
  sumOfTerms,
} from './downtime.ts';
import { joinLinks, roundMilliseconds, throughput } from './link-model.ts';
import { afterRound, isGoodMoment, type MeasuredRound } from './pre-copy/convergence.ts';
import { writtenWithin } from './pre-copy/dirty-model.ts';
import { preCopyOf } from './pre-copy/obstacles.ts';
import type { PreCopyOptions } from './pre-copy/options.ts';
import type { MigrationRequest } from './request.ts';
import { lookUpMigration } from './subject.ts';
import { copiedDevices } from './user-data/copied-devices.ts';
import { copiedBytes } from './user-data/copied-namespaces.ts';

/** A round of copying as it is expected. */
export interface ForecastRound {
  readonly number: number;
  readonly bytes: number;
  readonly milliseconds: number;
  /** Bytes written meanwhile. */
  readonly leftBytes: number;
}

/** What a forecast is made of. Times are milliseconds; null where the link's speed is unknown. */
export interface Forecast {
  readonly downtimeMilliseconds: number | null;
  readonly totalMilliseconds: number | null;
  readonly phases: readonly DowntimeTerm[];
  /** Copying while the guest goes on; empty where it is stopped first. */
  readonly rounds: readonly ForecastRound[];
  /** It is not expected to converge within the budget: a person will be asked, or it ends as the options say. */
  readonly converges: boolean;
}

/** Commands that prepare one device at the destination, and that clean up one device at the source. */
const prepareCommands = 10;
const cleanUpCommands = 6;

/**
 * The downtime is the sum of its terms (`downtimeTerms`): with stop-and-copy all memory is sent in it, with pre-copy what the
 * last round leaves. The user data that is copied is in the first round. Rounds follow the measured dirty rate, as if the guest wrote all over its memory.
 *
 *     total = rounds + downtime + machine + devices × (prepare + clean up) commands
 */
export function forecastMigration(
  fleet: Fleet,
  request: MigrationRequest,
  {
    commandMilliseconds: command = commandMilliseconds,
  }: {
    /** Time of one admin command as it was measured; left out: it was not. */
    readonly commandMilliseconds?: number;
  } = {},
): Forecast {
  const subject = lookUpMigration(fleet, request);
  const { machine, sourceHost, destinationHost, devices } = subject;
  const link = joinLinks(linkOf(sourceHost), linkOf(destinationHost));
  const queues = devices.map(({ source }) => source?.nvq ?? 0);
  const options = preCopyOf(subject);
  const copies = copiedDevices(subject);
  const userData = copies.length === 0 ? undefined : copiedBytes(copies);
  const unknown: Forecast = {
    ...{ downtimeMilliseconds: null, totalMilliseconds: null },
    ...{ phases: [], rounds: [], converges: true },
  };
  if (machine === undefined) return unknown;
  const { memoryBytes } = machine;
  const copied =
    options === null
      ? { rounds: [], converges: true }
      : forecastRounds({
          ...{ memoryBytes, userDataBytes: userData, queues, link, options, commandMilliseconds: command },
          dirtyBytesPerSecond: machine.dirtyBytesPerSecond ?? 0,
          budget: request.options.downtimeBudgetMilliseconds,
        });
  const phases = downtimeTerms({
    memoryBytes: copied.rounds.at(-1)?.leftBytes ?? memoryBytes,
    userDataBytes: userData !== undefined && copied.rounds.length > 0 ? 0 : userData,
    ...{ queues, link, commandMilliseconds: command },
  });
  if (phases === null) return unknown;
  const downtime = sumOfTerms(phases);
  const around = (queues.length * (prepareCommands + cleanUpCommands) + commandsOfMachine) * command;
  const before = copied.rounds.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  return {
    ...{ downtimeMilliseconds: downtime, totalMilliseconds: before + downtime + around },
    ...{ phases, ...copied },
  };
}

interface RoundsInput extends DowntimeInput {
  readonly options: PreCopyOptions;
  readonly budget: number;
  readonly dirtyBytesPerSecond: number;
}

/** The rounds that are expected until the guest is stopped, by the same rules as the real ones. */
function forecastRounds(input: RoundsInput): Pick<Forecast, 'rounds' | 'converges'> {
  const { memoryBytes, link, options, budget } = input;
  const rate = Math.min(throughput(link), options.mostBytesPerSecond ?? Number.POSITIVE_INFINITY);
  const rounds: ForecastRound[] = [];
  const measured: MeasuredRound[] = [];
  // How much user data a guest changes nobody measures before it is copied.
  const userDataBytes = input.userDataBytes === undefined ? undefined : 0;
  let bytes = memoryBytes + (input.userDataBytes ?? 0);
  let throttlePercent = 0;
  let sinceDecided = 0;
  while (rate > 0) {
    const number = rounds.length + 1;
    const milliseconds = (bytes / rate) * 1000 + roundMilliseconds(link);
    const leftBytes = writtenWithin((milliseconds / 1000) * (1 - throttlePercent / 100), input);
    const terms = downtimeTerms({ ...input, memoryBytes: leftBytes, userDataBytes });
    rounds.push({ number, bytes, milliseconds, leftBytes });
    measured.push({
      ...{ number, leftBytes, throttlePercent },
      downtimeForecastMilliseconds: sumOfTerms(terms ?? []),
      leastMilliseconds: sumOfTerms(downtimeTerms({ ...input, memoryBytes: 0 }) ?? []),
    });
    const next = afterRound(measured, { budget, options });
    if (next.kind === 'switch-over') return { rounds, converges: true };
    if (next.kind === 'not-converging' && isGoodMoment(measured, sinceDecided++))
      return { rounds, converges: false };
    if (next.kind === 'another') throttlePercent = next.throttlePercent;
    bytes = leftBytes;
  }
  return { rounds: [], converges: true };
}
