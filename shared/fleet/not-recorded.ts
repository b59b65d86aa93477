import { z } from 'zod';

/**
 * A fact about a controller that nobody wrote down, which is not the same as its absence. `sriov`: whether its function has
 * SR-IOV and how many virtual functions are enabled; `driver`: which driver is bound; `cntlid`: its controller identifier.
 */
const notRecordedSchema = z.object({
  fact: z.enum(['cntlid', 'driver', 'sriov']),
  /** The command that would tell: `nvme id-ctrl /dev/nvme0 -o json`. */
  tellBy: z.string(),
});
export type NotRecordedFact = z.infer<typeof notRecordedSchema>;

/** Of a controller on a recorded host. */
export const recordedFields = {
  /** What the kernel noted of a controller that nobody asked itself: texts without padding, empty where unknown. */
  kernelIdentity: z
    .object({ serialNumber: z.string(), modelNumber: z.string(), firmwareRevision: z.string() })
    .optional(),
  /** What nobody recorded; left out: everything is known. */
  notRecorded: z.array(notRecordedSchema).optional(),
};

interface MayLack {
  readonly notRecorded?: readonly NotRecordedFact[] | undefined;
}

/** The command that would tell a fact; null: it is known. */
export function tellingCommandOf(
  { notRecorded = [] }: MayLack,
  fact: NotRecordedFact['fact'],
): string | null {
  return notRecorded.find((one) => one.fact === fact)?.tellBy ?? null;
}

/** What stands for SR-IOV of a controller that shows none. */
export function noSriovWords(controller: MayLack): string {
  return tellingCommandOf(controller, 'sriov') === null ? 'no SR-IOV' : 'SR-IOV not recorded';
}

/** The bound driver, `none` where none is bound. */
export function driverWords(controller: MayLack & { readonly driver: string | null }, none: string): string {
  if (controller.driver !== null) return controller.driver;
  return tellingCommandOf(controller, 'driver') === null ? none : 'driver not recorded';
}
