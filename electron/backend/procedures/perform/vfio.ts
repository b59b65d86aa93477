import { findSecondary, functionAddress } from '#shared/fleet/selectors.ts';
import { succeed } from '#shared/result.ts';
import { onFunction, type PerformContext, type Performers, unreachableObject } from './perform-context.ts';

/** Live migration of a function: through its VFIO device on the host. */
export const vfioPerformers: Performers<'vfio-set-state' | 'vfio-transfer-state'> = {
  'vfio-set-state': ({ controllerId, state }, context) =>
    onFunction(context, controllerId, async (host, address) => {
      const device = host.vfioDevice(address);
      if (!device.ok) return device;
      // Its driver believes that it runs; only on the way from STOP it sends the Resume that is missing.
      if (findSecondary(context.fleet, controllerId)?.suspended === true) {
        const stopped = await device.value.setState('STOP');
        if (!stopped.ok) return stopped;
      }
      return device.value.setState(state);
    }),
  async 'vfio-transfer-state'({ sourceId, destinationId }, context) {
    const source = vfioDeviceOf(context, sourceId);
    if (!source.ok) return source;
    const destination = vfioDeviceOf(context, destinationId);
    if (!destination.ok) return destination;
    const bytes = await source.value.readState();
    if (!bytes.ok) return bytes;
    const written = await destination.value.writeState(bytes.value);
    return written.ok ? succeed({ state: { sourceId, bytes: bytes.value } }) : written;
  },
};

/** The VFIO device of a controller's function. */
export function vfioDeviceOf({ fleet, connections }: PerformContext, controllerId: string) {
  const controller = fleet.controllers[controllerId];
  const host = connections.find((candidate) => candidate.id === controller?.hostId);
  const address = controller === undefined ? null : functionAddress(controller);
  return host === undefined || address === null ? unreachableObject(controllerId) : host.vfioDevice(address);
}
