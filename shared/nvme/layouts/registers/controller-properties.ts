import { fieldsOf } from '../../layout.ts';

/** Bytes of the controller properties at the start of BAR0; doorbells begin behind them (NVMe over PCIe 1.1, 3.1). */
export const controllerPropertiesLength = 4096;

/** Every controller property, by the names that nvme-cli prints (NVMe Base 2.1, 3.1.4). */
export const controllerPropertyFields = fieldsOf('NVMe Base 2.1, 3.1.4', [
  ['cap', 0x00, 8, 'big', 'Controller Capabilities'],
  ['vs', 0x08, 4, 'unsigned', 'Version'],
  ['intms', 0x0c, 4, 'unsigned', 'Interrupt Mask Set'],
  ['intmc', 0x10, 4, 'unsigned', 'Interrupt Mask Clear'],
  ['cc', 0x14, 4, 'unsigned', 'Controller Configuration'],
  ['csts', 0x1c, 4, 'unsigned', 'Controller Status'],
  ['nssr', 0x20, 4, 'unsigned', 'NVM Subsystem Reset'],
  ['aqa', 0x24, 4, 'unsigned', 'Admin Queue Attributes'],
  ['asq', 0x28, 8, 'big', 'Admin Submission Queue Base Address'],
  ['acq', 0x30, 8, 'big', 'Admin Completion Queue Base Address'],
  ['cmbloc', 0x38, 4, 'unsigned', 'Controller Memory Buffer Location'],
  ['cmbsz', 0x3c, 4, 'unsigned', 'Controller Memory Buffer Size'],
  ['bpinfo', 0x40, 4, 'unsigned', 'Boot Partition Information'],
  ['bprsel', 0x44, 4, 'unsigned', 'Boot Partition Read Select'],
  ['bpmbl', 0x48, 8, 'big', 'Boot Partition Memory Buffer Location'],
  ['cmbmsc', 0x50, 8, 'big', 'Controller Memory Buffer Memory Space Control'],
  ['cmbsts', 0x58, 4, 'unsigned', 'Controller Memory Buffer Status'],
  ['cmbebs', 0x5c, 4, 'unsigned', 'Controller Memory Buffer Elasticity Buffer Size'],
  ['cmbswtp', 0x60, 4, 'unsigned', 'Controller Memory Buffer Sustained Write Throughput'],
  ['nssd', 0x64, 4, 'unsigned', 'NVM Subsystem Shutdown'],
  ['crto', 0x68, 4, 'unsigned', 'Controller Ready Timeouts'],
  ['pmrcap', 0xe00, 4, 'unsigned', 'Persistent Memory Region Capabilities'],
  ['pmrctl', 0xe04, 4, 'unsigned', 'Persistent Memory Region Control'],
  ['pmrsts', 0xe08, 4, 'unsigned', 'Persistent Memory Region Status'],
  ['pmrebs', 0xe0c, 4, 'unsigned', 'Persistent Memory Region Elasticity Buffer Size'],
  ['pmrswtp', 0xe10, 4, 'unsigned', 'Persistent Memory Region Sustained Write Throughput'],
  ['pmrmscl', 0xe14, 4, 'unsigned', 'Persistent Memory Region Memory Space Control Lower'],
  ['pmrmscu', 0xe18, 4, 'unsigned', 'Persistent Memory Region Memory Space Control Upper'],
]);
