import type { Fleet, FleetSource } from '#shared/fleet/schema.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import { problemOf } from './admin-reader.ts';
import { assembleFleet, type UnreadHost } from './assemble-fleet.ts';
import type { HostReading } from './host-reading.ts';
import { mapLimited } from './map-limited.ts';
import { type DiscoveryOptions, defaultDiscovery, readHost } from './read-host.ts';

/** How many hosts are read at the same time. */
const hostsAtOnce = 8;

/** What was read, host by host; reading one host again replaces its part only. */
export interface Discovery {
  readonly fleet: Fleet;
  readonly readings: ReadonlyMap<string, HostReading>;
  readonly unread: ReadonlyMap<string, UnreadHost>;
}

/** Reads every host through its admin queues, sysfs and hypervisor. A host that cannot be read becomes a problem. */
export async function discoverFleet(
  connections: readonly HostConnection[],
  source: FleetSource,
  options: DiscoveryOptions = defaultDiscovery,
): Promise<Discovery> {
  return rediscover({ readings: new Map(), unread: new Map() }, connections, source, options);
}

/** Reads these hosts again and keeps what is known of all others. */
export async function rediscover(
  known: Pick<Discovery, 'readings' | 'unread'>,
  connections: readonly HostConnection[],
  source: FleetSource,
  options: DiscoveryOptions = defaultDiscovery,
): Promise<Discovery> {
  const readings = new Map(known.readings);
  const unread = new Map(known.unread);
  await mapLimited(connections, hostsAtOnce, async (connection) => {
    const reading = await readHost(connection, options);
    if (reading.ok) {
      readings.set(connection.id, reading.value);
      unread.delete(connection.id);
      return;
    }
    const problem = problemOf(reading.error.object ?? connection.id, reading.error);
    unread.set(connection.id, { hostId: connection.id, problem });
  });
  const inOrder = [...readings.values()].sort((left, right) => left.host.id.localeCompare(right.host.id));
  return { fleet: assembleFleet(source, inOrder, [...unread.values()]), readings, unread };
}
