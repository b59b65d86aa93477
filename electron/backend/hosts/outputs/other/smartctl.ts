import { isRecord } from '#shared/bounds/is-record.ts';
import type { Fact, OutputFinding } from '../findings.ts';

type Json = Readonly<Record<string, unknown>>;

/** What `smartctl -j` says of an NVMe drive; null for any other JSON. A drive of another kind holds nothing of use. */
export function readSmartctlJson(value: unknown): OutputFinding | null {
  if (!isRecord(value) || !isRecord(value.smartctl)) return null;
  const { device, model_name: model, serial_number: serial, firmware_version: firmware } = value;
  const { name, type, protocol }: Json = isRecord(device) ? device : {};
  const text = (one: unknown) => (typeof one === 'string' ? one : '');
  // Other systems, links of udev and bridges call it otherwise.
  const number = /^\/dev\/(?:nvme|ng)(\d{1,6})(?:n\d{1,10})?$/.exec(text(name))?.[1];
  const found = number === undefined ? null : `nvme${number}`;
  const title = 'smartctl -j';
  if (found === null && type !== 'nvme' && protocol !== 'NVMe')
    return { title, form: 'JSON', device: null, holds: 'no NVMe drive', facts: [], notes: [] };
  const cntlid = value.nvme_controller_id;
  const attributes = Object.fromEntries(
    Object.entries({
      ...{ model: text(model), serial: text(serial), firmware_rev: text(firmware) },
      cntlid: typeof cntlid === 'number' ? String(cntlid) : '',
    }).filter(([, one]) => one !== ''),
  );
  const facts: Fact[] = [{ kind: 'device', device: found, attributes, namespaces: namespacesOf(value) }];
  const temperature = isRecord(value.temperature) ? value.temperature.current : null;
  const parts = [
    attributes.model ?? '',
    attributes.serial ?? '',
    typeof temperature === 'number' ? `${temperature} °C` : '',
  ];
  return {
    ...{ title, form: 'JSON', device: found, facts, notes: [] },
    holds: parts.filter((part) => part !== '').join(', '),
  };
}

function namespacesOf(value: Json) {
  const list = Array.isArray(value.nvme_namespaces) ? value.nvme_namespaces.filter(isRecord) : [];
  return list.flatMap(({ id, size, formatted_lba_size: blockSize }) => {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 1) return [];
    const bytes = isRecord(size) ? size.bytes : null;
    return [
      {
        ...{ nsid: id, disk: '' },
        sizeBytes: typeof bytes === 'number' && Number.isSafeInteger(bytes) ? bytes : null,
        blockSize: typeof blockSize === 'number' && Number.isSafeInteger(blockSize) ? blockSize : null,
      },
    ];
  });
}
