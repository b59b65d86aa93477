import type { SimulatedController } from './controller.ts';

const versionOffset = 80;
/** Registers that the simulated drive has not: no memory buffer, no persistent memory, no boot partitions. */
const absent =
  'cmbloc cmbsz bpinfo bprsel bpmbl cmbmsc cmbsts pmrcap pmrctl pmrsts pmrebs pmrswtp pmrmscl pmrmscu'.split(
    ' ',
  );

/**
 * Controller properties (NVMe Base 2.1, 3.1.4) by the names that nvme-cli prints. An offline secondary reads CSTS 2 and
 * zero everywhere else.
 */
export function controllerRegisters(controller: SimulatedController): Readonly<Record<string, bigint>> {
  const { isOffline, identifyTemplate: identify } = controller;
  const view = new DataView(identify.buffer, identify.byteOffset);
  const { cc, intms, aqa, asq, acq } = controller.live.properties;
  const value = (register: bigint | number) => (isOffline ? 0n : BigInt(register));
  return {
    cap: value(controller.cap),
    vs: value(view.getUint32(versionOffset, true)),
    intms: value(intms),
    intmc: value(intms),
    cc: value(cc),
    csts: BigInt(controller.csts),
    nssr: 0n,
    crto: 0n,
    aqa: value(aqa),
    asq: value(asq),
    acq: value(acq),
    ...Object.fromEntries(absent.map((name) => [name, 0n])),
  };
}
