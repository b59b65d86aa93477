import type { NamespaceDevice } from '../host/namespace-devices.ts';
import { folder, notSimulated, readable, type SysfsFolder } from './node.ts';

/** `/sys/block/nvme0n1`; its size counts 512 bytes, whatever its format. */
export function blockFolder({ nsid, blocks, blockSize }: NamespaceDevice): SysfsFolder {
  return folder({
    ...notSimulated(['dev', 'device', 'holders', 'slaves', 'stat', 'uevent', 'uuid', 'nguid', 'eui', 'wwid']),
    hidden: () => readable(() => '0'),
    nsid: () => readable(() => String(nsid)),
    queue: () =>
      folder({
        ...notSimulated(['max_sectors_kb', 'nr_requests', 'rotational', 'scheduler']),
        logical_block_size: () => readable(() => String(blockSize)),
        physical_block_size: () => readable(() => String(blockSize)),
      }),
    removable: () => readable(() => '0'),
    ro: () => readable(() => '0'),
    size: () => readable(() => String((blocks * blockSize) / 512)),
  });
}
