/** Links of a PCI function in sysfs, for what another tool calls by its name alone. */
export const driverLink = (driver: string) => `../../../bus/pci/drivers/${driver}`;
export const groupLink = (group: string) => `../../../kernel/iommu_groups/${group}`;
