import type { ConsoleFiles, ConsoleHost } from '#backend/console/console-host.ts';
import { createSimulatedConsole } from '#backend/console/simulated-console.ts';
import { readFileBytes } from '#backend/files/read-file.ts';
import { writeWholeFile } from '#backend/files/write-whole-file.ts';
import { createSimulatedFleet } from '#backend/hosts/simulated/simulated-fleet.ts';
import type { QueueTracer } from '#backend/hosts/traced-admin-queue.ts';
import { SimulatedClock } from '#backend/simulation/simulated-clock.ts';
import { systemClock } from '#backend/system-clock.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { type NvmeCliRelease, nvmeReleases, usualRelease } from '#shared/nvme/nvme-cli/nvme-release.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import type { CommandLineIo } from '../command-line-io.ts';
import { openFleetFile } from '../open-source.ts';

/** Which host of what. */
export interface HostRequest {
  readonly source: string;
  readonly snapshot: string | undefined;
  readonly host: string | undefined;
  /** The release of nvme-cli that `nvme` is, as it was given; left out: the usual one. */
  readonly nvmeCli: string | undefined;
}

/** Linux waits so long for an admin command; as fast as possible, it passes at once. */
const adminTimeoutMilliseconds = 60_000;

/** A line that waits while the clock is paused would wait for ever: nobody can step it meanwhile. */
export async function unlessItStandsStill<T>(
  line: Promise<T>,
  clock: SimulatedClock,
  giveUp: () => void,
): Promise<T> {
  const ended = new AbortController();
  const watch = async () => {
    while (await clock.standsStill(ended.signal)) giveUp();
  };
  void watch();
  try {
    return await line;
  } finally {
    ended.abort();
  }
}

export interface OpenedHost {
  /** Which nvme-cli `nvme` is there. */
  readonly nvme: NvmeCliRelease;
  readonly host: ConsoleHost;
  readonly clock: SimulatedClock;
  /** Gives up every command that waits. */
  readonly giveUp: () => void;
  readonly close: () => Promise<void>;
}

/** Scripts run at once, whatever the file says; its time goes on. */
function clockOf({ clock }: FleetFile): SimulatedClock {
  return new SimulatedClock(systemClock, {
    mode: 'as-fast-as-possible',
    microseconds: clock?.microseconds ?? 0,
  });
}

/** Bytes that one command can carry. */
const largestData = 64 * 1024 * 1024;

/** Files are those of the person who runs the command line. */
const files: ConsoleFiles = {
  read: (name) => readFileBytes(name, { largest: largestData, what: 'data for a command' }),
  write: (name, bytes) => writeWholeFile(name, bytes, 'The data'),
};

/** The simulated host, or the twin of a recorded one. */
export async function openHost(
  request: HostRequest,
  io: CommandLineIo,
  trace: QueueTracer,
): Promise<Result<OpenedHost>> {
  const nvme = releaseOf(request.nvmeCli);
  if (!nvme.ok) return nvme;
  const file = await openFleetFile({ sources: [request.source], snapshot: request.snapshot, io });
  if (!file.ok) return file;
  const clock = clockOf(file.value);
  const fleet = createSimulatedFleet(file.value, {
    clock,
    trace,
    adminTimeoutMilliseconds,
  });
  if (!fleet.ok) return fleet;
  const { hosts } = fleet.value;
  const wanted = request.host ?? hosts[0]?.id;
  const found = hosts.find((host) => host.id === wanted);
  if (found === undefined)
    return fail('invalid-request', `${request.source} has no host ${wanted ?? ''}`, {
      object: request.source,
      field: '--host',
      fix: `Choose one of: ${hosts.map((host) => host.id).join(', ')}`,
    });
  return succeed({
    nvme: nvme.value,
    host: createSimulatedConsole(found, { files, clock }),
    clock,
    giveUp: () => found.cancelPending(),
    close: async () => {
      for (const each of hosts) await each.close();
    },
  });
}

function releaseOf(given: string | undefined): Result<NvmeCliRelease> {
  if (given === undefined) return succeed(usualRelease);
  const release = nvmeReleases.find((known) => known === given);
  if (release !== undefined) return succeed(release);
  return fail('invalid-request', `--nvme-cli ${given} is not a release that is simulated`, {
    field: '--nvme-cli',
    fix: `Choose one of: ${nvmeReleases.join(', ')}; \`nvme\` is ${usualRelease} where none is chosen`,
  });
}
