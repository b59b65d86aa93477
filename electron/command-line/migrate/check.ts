import { checkCompatibility } from '#shared/migration/checks/compatibility.ts';
import { forecastMigration } from '#shared/migration/forecast.ts';
import { findRemedies } from '#shared/procedure/remedies/find-remedies.ts';
import { pathToAble } from '#shared/procedure/remedies/path-to-able.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { openFleetFile } from '../open-source.ts';
import { refuse } from '../print-error.ts';
import {
  findMachine,
  type MigrationArguments,
  rankedDestinations,
  requestFromArguments,
} from './migration-request.ts';
import { openHeadlessProgram } from './open-program.ts';
import { checksText, destinationsText } from './print-checks.ts';
import { createLog } from './quiet-log.ts';
import { remedyLines, withLines } from './remedy-lines.ts';

/**
 * `berth check SOURCE --vm NAME [--to HOST]`: the checks of a migration alone. 0: it could move (there, or somewhere), 1: it
 * could not.
 */
export async function runCheck(
  request: MigrationArguments & { readonly json: boolean },
  io: CommandLineIo,
): Promise<ExitCode> {
  const file = await openFleetFile({ sources: [request.source], snapshot: request.snapshot, io });
  if (!file.ok) return refuse(io, file.error);
  const program = await openHeadlessProgram(file.value, { log: createLog(io), onRun: () => undefined });
  if (!program.ok) return refuse(io, program.error);
  const { fleet, readTimes } = program.value.writer;
  await program.value.close();
  const machine = findMachine(fleet, request);
  if (!machine.ok) return refuse(io, machine.error);
  const print = (value: object, text: string) => io.out(request.json ? `${JSON.stringify(value)}\n` : text);
  const virtualMachine = { name: machine.value.name, host: fleet.hosts[machine.value.hostId]?.name ?? '' };
  if (request.to === undefined) {
    const destinations = rankedDestinations(fleet, machine.value).map(({ hostId, eligible, reasons }) => ({
      ...{ host: fleet.hosts[hostId]?.name ?? hostId, eligible, reasons },
      ...(eligible ? {} : { path: withLines(fleet, pathToAble(fleet, machine.value.id, hostId)) }),
    }));
    print({ virtualMachine, destinations }, destinationsText(virtualMachine, destinations));
    return destinations.some(({ eligible }) => eligible) ? exitCodes.success : exitCodes.refused;
  }
  const wanted = requestFromArguments(fleet, machine.value, request);
  if (!wanted.ok) return refuse(io, wanted.error);
  const compatibility = checkCompatibility(fleet, wanted.value, readTimes);
  const remedies = findRemedies(fleet, wanted.value, compatibility).map((one) => ({
    ...one,
    remedies: one.remedies.map((remedy) => ({ ...remedy, commandLines: remedyLines(fleet, remedy) })),
  }));
  const forecast = forecastMigration(fleet, wanted.value);
  const to = fleet.hosts[wanted.value.destinationHostId]?.name ?? '';
  const movable = compatibility.errors === 0;
  print(
    { virtualMachine, to, movable, ...compatibility, remedies, forecast },
    checksText({
      virtualMachine,
      to,
      compatibility,
      remedies,
      forecast,
      budget: wanted.value.options.downtimeBudgetMilliseconds,
    }),
  );
  return movable ? exitCodes.success : exitCodes.refused;
}
