import { expect, test } from 'vitest';
import { statusOfValue, statusValue } from './command.ts';
import { completionOf, describeStatus, nvmeCliStatusLine, type StatusName, statusCodes } from './status.ts';
import { namedStatus } from './status-names.ts';

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

test('every status that is answered here has its name in the specification', () => {
  for (const code of Object.values(statusCodes)) expect(namedStatus(code)?.name).toBe(code.name);
});

test('statuses that only other devices answer are called by their names, too', () => {
  expect(describeStatus({ sct: 0, sc: 0x83, dnr: true })).toBe('Reservation Conflict (4083h)');
  expect(describeStatus({ sct: 2, sc: 0x81, dnr: false })).toBe('Unrecovered Read Error (281h)');
});

test('a status value is read as it is written', () => {
  for (const value of [0, 0x4120, 0x2119, 0x6002, 0x7ff])
    expect(statusValue(statusOfValue(value))).toBe(value);
});
