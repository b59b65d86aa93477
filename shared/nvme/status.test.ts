import { expect, test } from 'vitest';
import { completionOf, nvmeCliStatusLine, type StatusName } from './status.ts';

// What libnvme's table says; people search for these words (nvme-cli issues 2195, 1972, 2721).
test.each<[StatusName, string]>([
  [
    'namespaceInsufficientCapacity',
    'Namespace Insufficient Capacity: Creating the namespace requires more free space than is currently available(0x4115)',
  ],
  [
    'namespaceIdentifierUnavailable',
    'Namespace Identifier Unavailable: The number of namespaces supported has been exceeded(0x4116)',
  ],
  ['invalidFormat', 'Invalid Format: The LBA Format specified is not supported(0x410a)'],
  [
    'thinProvisioningNotSupported',
    'Thin Provisioning Not Supported: Thin provisioning is not supported by the controller(0x411b)',
  ],
  [
    'invalidNamespace',
    'Invalid Namespace or Format: The namespace or the format of that namespace is invalid(0x400b)',
  ],
])('%s is printed as nvme-cli prints it', (name, words) => {
  expect(nvmeCliStatusLine(completionOf(name))).toBe(`NVMe status: ${words}`);
});
