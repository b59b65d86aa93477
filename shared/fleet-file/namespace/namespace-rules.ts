import type { Pieces } from '../../bounds/pieces.ts';
import { base64Length } from '../base64.ts';
import { existingProvisioned, secondaryCntlids } from '../controller/secondaries.ts';
import type { FieldPath, ProblemList } from '../problems.ts';
import type { FileSubsystem } from '../schema.ts';

const structureLength = 4096;

/** What must hold for the namespaces of one NVM subsystem. */
export function* checkNamespaces(list: ProblemList, path: FieldPath, subsystem: FileSubsystem): Pieces<void> {
  const controllers = new Set<number>(
    subsystem.controllers.flatMap((controller) =>
      controller.role === 'primary'
        ? [controller.cntlid, ...secondaryCntlids(controller), ...existingProvisioned(controller)]
        : [controller.cntlid],
    ),
  );
  const taken = subsystem.namespaces.reduce((sum, { blocks, blockSize }) => sum + blocks * blockSize, 0);
  if (subsystem.capacityBytes !== undefined && taken > subsystem.capacityBytes)
    list.add(
      [...path, 'capacityBytes'],
      `the namespaces take ${taken} bytes, more than the capacity of ${subsystem.capacityBytes}`,
      'Write a larger capacity, or smaller namespaces',
    );
  const seen = new Set<number>();
  for (const [index, namespace] of subsystem.namespaces.entries()) {
    if (yield* list.isEnough()) return;
    const at = [...path, 'namespaces', index];
    if (seen.has(namespace.nsid))
      list.add([...at, 'nsid'], `NSID ${namespace.nsid} is used twice`, 'Give each namespace its own NSID');
    seen.add(namespace.nsid);
    if (!Number.isInteger(Math.log2(namespace.blockSize)))
      list.add(
        [...at, 'blockSize'],
        `a block of ${namespace.blockSize} bytes is not a power of two`,
        'Write 512 or 4096',
      );
    if (namespace.blocks * namespace.blockSize > Number.MAX_SAFE_INTEGER)
      list.add([...at, 'blocks'], 'the namespace is larger than 8 PiB', 'Write fewer blocks');
    if (!namespace.shared && namespace.attachedTo.length > 1)
      list.add(
        [...at, 'attachedTo'],
        `namespace ${namespace.nsid} is private, but is attached to ${namespace.attachedTo.length} controllers`,
        'Attach it to one controller, or write "shared": true',
      );
    yield* checkAttachments(list, at, namespace.attachedTo, controllers);
    for (const key of ['identifyNamespace', 'identificationDescriptors'] as const) {
      const bytes = namespace[key];
      if (bytes !== undefined && base64Length(bytes) !== structureLength)
        list.add(
          [...at, key],
          `it holds ${base64Length(bytes)} bytes`,
          `Write all ${structureLength} bytes of the structure in base64`,
        );
    }
  }
}

function* checkAttachments(
  list: ProblemList,
  at: FieldPath,
  attachedTo: readonly number[],
  controllers: ReadonlySet<number>,
): Pieces<void> {
  const attached = new Set<number>();
  for (const [place, cntlid] of attachedTo.entries()) {
    if (yield* list.isEnough()) return;
    const field = [...at, 'attachedTo', place];
    if (!controllers.has(cntlid))
      list.add(field, `the NVM subsystem has no controller ${cntlid}`, 'Name a CNTLID of this NVM subsystem');
    if (attached.has(cntlid))
      list.add(field, `controller ${cntlid} is named twice`, 'Name each controller once');
    attached.add(cntlid);
  }
}
