import type { Pieces } from '#shared/bounds/pieces.ts';
import { writeJson } from '#shared/bounds/write-json.ts';
import { diffFleets } from '#shared/fleet/change.ts';
import type { Fleet, FleetSource } from '#shared/fleet/schema.ts';
import type { ReadTimes } from '#shared/migration/checks/rules/with-rules.ts';
import type { Emit } from '../event-hub.ts';
import { giveWay } from '../event-loop.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { Clock } from '../ports.ts';
import { assembleFleet } from './assemble/assemble-fleet.ts';
import { type Discovery, discoveredHost, rediscover } from './discovery.ts';
import { createEventLoopPause } from './read/event-loop-pause.ts';
import { type DiscoveryOptions, defaultDiscovery } from './read/read-host.ts';
import { type ControllerScope, refreshHost } from './read/refresh-host.ts';

/** What to read again on one host. */
export interface HostScope {
  readonly hostId: string;
  readonly controllers: readonly ControllerScope[];
}

/** The one owner of the fleet. Everything else asks it to read again; nothing else changes the model. */
export interface FleetWriter {
  readonly fleet: Fleet;
  readonly revision: number;
  /**
   * When each host was last read as a whole, ISO 8601 by the machine's clock, by its id: no part of it is older. A recorded
   * host is not among them, because nobody noted when.
   */
  readonly readTimes: ReadTimes;
  /**
   * The snapshot as one string, made in pieces: parsing one string is far cheaper than cloning thousands of objects. It is that
   * of the revision when it was asked for.
   */
  snapshotJson(): Pieces<string>;
  /**
   * Another source: forgets everything, reads all hosts and tells the mirrors to ask for a snapshot. `clock`: the time of
   * these hosts; later readings are given up by it, so that none is while it stands still. The first goes by the
   * machine's: it must come to an end, because nobody can step a clock before it is open.
   */
  open(connections: readonly HostConnection[], source: FleetSource, clock?: Clock): Promise<Fleet>;
  /** Reads parts of hosts again and publishes what changed. */
  refresh(scopes: readonly HostScope[]): Promise<Fleet>;
  /** Reads whole hosts again. */
  reread(hostIds: readonly string[]): Promise<Fleet>;
}

export function createFleetWriter(
  emit: Emit,
  initial: FleetSource,
  options: DiscoveryOptions = defaultDiscovery,
): FleetWriter {
  let discovery: Discovery = {
    fleet: assembleFleet(initial, [], []),
    hosts: new Map(),
    unread: new Map(),
  };
  let connections: readonly HostConnection[] = [];
  let later = options;
  let revision = 0;
  const readTimes = new Map<string, string>();
  let queue: Promise<unknown> = Promise.resolve();

  // One change after the other: revisions must be in the order of what was read.
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return turn;
  };

  /** Reads these hosts as a whole, and notes when. */
  const read = async (
    known: Pick<Discovery, 'hosts' | 'unread'>,
    wanted: readonly HostConnection[],
    source: FleetSource,
    how: DiscoveryOptions,
  ): Promise<Discovery> => {
    const before = new Date(options.clock.now()).toISOString();
    const next = await rediscover(known, wanted, source, how);
    for (const { id } of wanted) {
      const found = next.hosts.get(id);
      if (found !== undefined && found !== known.hosts.get(id) && found.part.host.kind !== 'capture')
        readTimes.set(id, before);
    }
    return next;
  };

  const publish = (next: Discovery): Fleet => {
    const change = diffFleets(discovery.fleet, next.fleet, revision + 1);
    if (change === null) {
      discovery = { ...next, fleet: discovery.fleet };
      return discovery.fleet;
    }
    revision = change.revision;
    discovery = next;
    emit('fleet:change', change);
    return next.fleet;
  };

  return {
    get fleet() {
      return discovery.fleet;
    },
    get revision() {
      return revision;
    },
    get readTimes() {
      return Object.fromEntries(readTimes);
    },
    snapshotJson: () => writeJson({ revision, fleet: discovery.fleet }),
    open: (opened, source, clock) =>
      inTurn(async () => {
        readTimes.clear();
        const next = await read({ hosts: new Map(), unread: new Map() }, opened, source, options);
        connections = opened;
        later = { ...options, clock: clock ?? options.clock };
        discovery = next;
        revision += 1;
        emit('fleet:replaced', { revision });
        return next.fleet;
      }),
    refresh: (scopes) =>
      inTurn(async () => {
        // Every step of a procedure is read back here. Simulated hosts answer at once: without a pause, a procedure of
        // thousands of steps would be one piece of work, and nobody could watch or abort it.
        await giveWay();
        const source = discovery.fleet.source;
        const hosts = new Map(discovery.hosts);
        const whole: HostConnection[] = [];
        const reading = { ...later, pause: createEventLoopPause() };
        for (const { hostId, controllers } of scopes) {
          const connection = connections.find((candidate) => candidate.id === hostId);
          const known = hosts.get(hostId);
          if (connection === undefined) continue;
          const refreshed =
            known === undefined
              ? undefined
              : await refreshHost(known.reading, connection, controllers, reading);
          if (refreshed?.ok) hosts.set(hostId, await discoveredHost(refreshed.value));
          else whole.push(connection);
        }
        return publish(await read({ hosts, unread: discovery.unread }, whole, source, later));
      }),
    reread: (hostIds) =>
      inTurn(async () => {
        const named = connections.filter((connection) => hostIds.includes(connection.id));
        return publish(await read(discovery, named, discovery.fleet.source, later));
      }),
  };
}
