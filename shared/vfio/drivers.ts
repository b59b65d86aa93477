/**
 * The driver that shows provisioned (SIOV-like) functions to VFIO, as drivers of mediated devices do. No Linux driver has
 * this name: it is simulated.
 */
export const provisionedFunctionDriver = 'vfio-siov';

/** Whether a function bound to this driver is shown through VFIO and can be handed to a virtual machine. */
export function isVfioDriver(driver: string | null): boolean {
  return driver === 'vfio-pci' || driver === provisionedFunctionDriver;
}
