import { type Result, succeed } from '#shared/result.ts';
import type { AdminQueue } from '../hosts/admin-queue.ts';
import type { HostConnection } from '../hosts/host-connection.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';

/** Traces the admin queues of a connection that does not trace by itself. */
export function traceConnection(connection: HostConnection, trace: QueueTracer): HostConnection {
  const traced = (queue: Result<AdminQueue>, address: string, side: 'host' | 'guest'): Result<AdminQueue> =>
    queue.ok
      ? succeed(
          trace(queue.value, { hostId: connection.id, controller: names.get(address) ?? address, side }),
        )
      : queue;
  const names = new Map<string, string>();
  return {
    ...connection,
    async functions() {
      const functions = await connection.functions();
      if (functions.ok)
        for (const { address, deviceName } of functions.value)
          if (deviceName !== null) names.set(address, deviceName);
      return functions;
    },
    adminQueue: (address) => traced(connection.adminQueue(address), address, 'host'),
    guestQueue: (address) => traced(connection.guestQueue(address), address, 'guest'),
  };
}
