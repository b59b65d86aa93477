/**
 * Largest identifier of a controller: 0 to FFEFh name controllers, FFF0h to FFFCh are reserved, FFFDh to FFFFh mean something
 * else (NVMe Base 2.1, 3.1.2.3: a dispersed namespace, any controller of the static and of the dynamic model). The proposal
 * has the same range for virtual controller identifiers.
 */
export const largestControllerIdentifier = 0xffef;

/** Whether a controller can have this identifier, physical or virtual. `id` is a whole number. */
export function isControllerIdentifier(id: number): boolean {
  return id >= 0 && id <= largestControllerIdentifier;
}
