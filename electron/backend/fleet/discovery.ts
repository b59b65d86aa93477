import type { Fleet, FleetSource } from '#shared/fleet/schema.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { inTurns } from '../in-turns.ts';
import { assembleFleet, type UnreadHost } from './assemble/assemble-fleet.ts';
import { assembleHost } from './assemble/assemble-host.ts';
import type { HostPart } from './assemble/host-part.ts';
import { problemOf } from './read/admin-reader.ts';
import { createEventLoopPause } from './read/event-loop-pause.ts';
import type { HostReading } from './read/host-reading.ts';
import { withLastAnswers } from './read/last-answers.ts';
import { mapLimited } from './read/map-limited.ts';
import { type DiscoveryOptions, defaultDiscovery, readHost } from './read/read-host.ts';

/** How many hosts are read at the same time. */
const hostsAtOnce = 8;

/** What a host answered, and the part of the fleet that this makes. */
export interface DiscoveredHost {
  readonly reading: HostReading;
  readonly part: HostPart;
}

export async function discoveredHost(reading: HostReading): Promise<DiscoveredHost> {
  return { reading, part: await inTurns(assembleHost(reading)) };
}

/** What was read, host by host; reading one host again replaces its part only. */
export interface Discovery {
  readonly fleet: Fleet;
  readonly hosts: ReadonlyMap<string, DiscoveredHost>;
  readonly unread: ReadonlyMap<string, UnreadHost>;
}

/** Reads every host through its admin queues, sysfs and hypervisor. A host that cannot be read becomes a problem. */
export async function discoverFleet(
  connections: readonly HostConnection[],
  source: FleetSource,
  options: DiscoveryOptions = defaultDiscovery,
): Promise<Discovery> {
  return rediscover({ hosts: new Map(), unread: new Map() }, connections, source, options);
}

/** Reads these hosts again and keeps what is known of all others. */
export async function rediscover(
  known: Pick<Discovery, 'hosts' | 'unread'>,
  connections: readonly HostConnection[],
  source: FleetSource,
  options: DiscoveryOptions = defaultDiscovery,
): Promise<Discovery> {
  const hosts = new Map(known.hosts);
  const unread = new Map(known.unread);
  const pause = createEventLoopPause();
  await mapLimited(connections, hostsAtOnce, pause, async (connection) => {
    const reading = await readHost(connection, { ...options, pause });
    if (reading.ok) {
      const whole = withLastAnswers(known.hosts.get(connection.id)?.reading, reading.value);
      hosts.set(connection.id, await discoveredHost(whole));
      unread.delete(connection.id);
      return;
    }
    const problem = problemOf(reading.error.object ?? connection.id, reading.error);
    unread.set(connection.id, { hostId: connection.id, problem });
  });
  const parts = [...hosts.values()]
    .map(({ part }) => part)
    .sort((left, right) => left.host.id.localeCompare(right.host.id));
  return { fleet: assembleFleet(source, parts, [...unread.values()]), hosts, unread };
}
