import { succeed } from '#shared/result.ts';
import type { ConsoleHost } from '../console/console-host.ts';
import type { SimulatedHost } from '../hosts/simulated/host/simulated-host.ts';
import type { QueueTracer } from '../hosts/traced-admin-queue.ts';

/** A console whose admin commands are traced, and only they: not what discovery asks the same host. */
export function traceConsole(console: ConsoleHost, host: SimulatedHost, trace: QueueTracer): ConsoleHost {
  return {
    ...console,
    connection: {
      ...console.connection,
      describe: () => host.describe(),
      functions: () => host.functions(),
      pci: host.pci,
      virtualMachines: host.virtualMachines,
      adminQueue(address) {
        const queue = host.adminQueue(address);
        if (!queue.ok) return queue;
        const entry = host.kernel.find(address);
        const controller = (entry && host.kernel.deviceName(entry)) ?? address;
        return succeed(trace(queue.value, { hostId: host.id, controller, side: 'host' }));
      },
    },
  };
}
