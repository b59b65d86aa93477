import type { FilePrimary } from './controller-schema.ts';

/** What of a primary says how its secondaries are numbered. */
interface NumberedPrimary {
  readonly cntlid: number;
  readonly firstSecondaryCntlid?: number | undefined;
  readonly sriov: { readonly totalVfs: number };
  readonly secondaries: readonly { readonly vfn: number; readonly cntlid?: number | undefined }[];
}

/** CNTLIDs of all secondaries that are virtual functions, index 0 for VF 1. */
export function secondaryCntlids(primary: NumberedPrimary): readonly number[] {
  const first = primary.firstSecondaryCntlid ?? primary.cntlid + 1;
  const ids = Array.from({ length: primary.sriov.totalVfs }, (_, index) => first + index);
  for (const { vfn, cntlid } of primary.secondaries)
    if (cntlid !== undefined && vfn <= ids.length) ids[vfn - 1] = cntlid;
  return ids;
}

/** CNTLIDs that provisioned functions of this primary can have; none without them. */
export function provisionedCntlids({ provisioned }: FilePrimary): readonly number[] {
  if (provisioned === undefined) return [];
  return Array.from({ length: provisioned.maximum }, (_, index) => provisioned.firstCntlid + index);
}

/** CNTLIDs of the provisioned functions that exist. */
export function existingProvisioned({ provisioned }: FilePrimary): readonly number[] {
  return (provisioned?.functions ?? []).map(({ cntlid }) => cntlid);
}
