import { z } from 'zod';

const uint16 = z.number().int().min(0).max(0xffff);
const uint32 = z.number().int().min(0).max(0xffffffff);

/** Identity fields of Identify Controller (NVMe Base 2.1, 5.1.13.2.1), text without the padding spaces. */
export const controllerIdentitySchema = z.object({
  vid: uint16,
  ssvid: uint16,
  serialNumber: z.string(),
  modelNumber: z.string(),
  firmwareRevision: z.string(),
  subsystemNqn: z.string(),
  /** IEEE OUI, 24 bits. */
  ieee: z.number().int().min(0).max(0xffffff),
  /** VER: major in 31:16, minor in 15:8, tertiary in 7:0. */
  version: uint32,
});
export type ControllerIdentity = z.infer<typeof controllerIdentitySchema>;
