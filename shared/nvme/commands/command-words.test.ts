import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type AdminCommand, adminCommand } from '../command.ts';
import { encodeControllerList } from '../layouts/lists/controller-list.ts';
import {
  blankVirtualSubsystemIdentity,
  encodeVirtualSubsystemIdentity,
} from '../layouts/proposal/virtual-subsystem-identity.ts';
import { completionOf, describeStatus, nvmeCliStatusLine, statusCodes } from '../status.ts';
import { adminOpcodes, commandLine, dataDirection, describeCommand, opcodeName } from './table.ts';

const controllers = encodeControllerList({ identifiers: [1, 2], reserved: [] });
const identity = encodeVirtualSubsystemIdentity({ ...blankVirtualSubsystemIdentity(), vnqn: 'my_v_nqn_1' });
const dataOf = (encoded: typeof controllers) => (encoded.ok ? { data: encoded.value } : {});

const cases: readonly (readonly [Partial<AdminCommand> & { opcode: number }, string, string, string])[] = [
  [
    { opcode: 0x1c, cdw10: 0x00110008, cdw11: 4 },
    'Virtualization Management · Secondary Assign',
    'CNTLID 0x0011 VQ NR 4',
    'nvme virt-mgmt /dev/nvme0 --cntlid=17 --rt=0 --act=8 --nr=4',
  ],
  [
    { opcode: 0x1c, cdw10: 0x00010009 },
    'Virtualization Management · Secondary Online',
    'CNTLID 0x0001',
    'nvme virt-mgmt /dev/nvme0 --cntlid=1 --rt=0 --act=9 --nr=0',
  ],
  [
    { opcode: 0x1c, cdw10: 0x0000010a },
    'Virtualization Management · ACT 0x0A',
    'CNTLID 0x0000',
    'nvme virt-mgmt /dev/nvme0 --cntlid=0 --rt=1 --act=10 --nr=0',
  ],
  [{ opcode: 0x06, cdw10: 0x01 }, 'Identify · Controller', '', 'nvme id-ctrl /dev/nvme0'],
  [
    { opcode: 0x06, cdw10: 0x00030015 },
    'Identify · Secondary Controller List',
    'CNTID 0x0003',
    'nvme list-secondary /dev/nvme0 --cntid=3',
  ],
  [
    { opcode: 0x06, cdw10: 0x02 },
    'Identify · Active Namespace List',
    '',
    'nvme list-ns /dev/nvme0 --namespace-id=1',
  ],
  [
    { opcode: 0x06, cdw10: 0x20, readLength: 4096 },
    'Identify · Supported Controller State Formats',
    '',
    'nvme admin-passthru /dev/nvme0 --opcode=0x6 --cdw10=0x20 --data-len=4096 --read --raw-binary',
  ],
  [
    { opcode: 0x15, nsid: 3, ...dataOf(controllers) },
    'Namespace Attachment · Attach',
    'NSID 3 CNTLID 0x0001, 0x0002',
    'nvme attach-ns /dev/nvme0 --namespace-id=3 --controllers=1,2',
  ],
  [
    { opcode: 0x0d, nsid: 9, cdw10: 1 },
    'Namespace Management · Delete',
    'NSID 9',
    'nvme delete-ns /dev/nvme0 --namespace-id=9',
  ],
  [
    { opcode: 0x02, nsid: 0xffffffff, cdw10: 0x007f0002 },
    'Get Log Page · SMART / Health Information',
    '512 bytes all namespaces',
    'nvme get-log /dev/nvme0 --log-id=2 --log-len=512 --namespace-id=4294967295',
  ],
  [
    { opcode: 0x0a, cdw10: 0x0000030b },
    'Get Features · Asynchronous Event Configuration',
    'supported capabilities',
    'nvme get-feature /dev/nvme0 --feature-id=0xb --sel=3',
  ],
  [
    { opcode: 0x09, cdw10: 0x0b, cdw11: 0x1ff },
    'Set Features · Asynchronous Event Configuration',
    'value 0x000001FF',
    'nvme set-feature /dev/nvme0 --feature-id=0xb --value=0x1ff',
  ],
  [{ opcode: 0x0c }, 'Asynchronous Event Request', '', 'nvme admin-passthru /dev/nvme0 --opcode=0xc'],
  [
    { opcode: 0x41, cdw11: 0x80010001 },
    'Migration Send · Suspend',
    'CNTLID 0x0001 suspend, delete user data migration queue',
    'nvme lm migration-send /dev/nvme0 --cntlid=1 --sel=0 --stype=1 --dudmq',
  ],
  [
    { opcode: 0x41, cdw10: 0x00030002, cdw11: 0x01010002, cdw12: 32, cdw15: 8 },
    'Migration Send · Set Controller State',
    'CNTLID 0x0002 CSVI 1 CSUUIDI 1 only, 32 bytes at 32',
    'nvme lm migration-send /dev/nvme0 --cntlid=2 --sel=2 --seq-ind=3 --csvi=1 --csuuidi=1 --offset=32 --numd=8 --input-file=state.bin',
  ],
  [
    { opcode: 0x42, cdw10: 0x00010000, cdw11: 1, cdw15: 25 },
    'Migration Receive · Get Controller State',
    'CNTLID 0x0001 CSVI 1 CSUUIDI 0 104 bytes at 0',
    'nvme lm migration-recv /dev/nvme0 --cntlid=1 --sel=0 --csvi=1 --csuuidi=0 --offset=0 --numd=25 --output-file=state.bin',
  ],
  [
    { opcode: 0x3d, cdw10: 0x00010000, cdw11: 3 },
    'Track Send · Log User Data Changes',
    'start CDQID 3',
    'nvme lm track-send /dev/nvme0 --sel=0 --mos=1 --cdqid=3',
  ],
  [
    { opcode: 0x3e, cdw11: 3, cdw12: 1023, readLength: 4096 },
    'Track Receive · Tracked Memory Changes',
    'CNTLID 0x0003 4096 bytes',
    'nvme admin-passthru /dev/nvme0 --opcode=0x3e --cdw11=0x3 --cdw12=0x3ff --data-len=4096 --read --raw-binary',
  ],
  [
    { opcode: 0x45, cdw11: 0x00010001, cdw12: 64 },
    'Controller Data Queue · Create',
    'CNTLID 0x0001 QT 0 256 bytes',
    'nvme lm create-cdq /dev/nvme0 --cntlid=1 --size=64 --queue-type=0 --consent',
  ],
  [
    { opcode: 0xc1, cdw11: 1, ...dataOf(identity) },
    'Virtual Subsystem Management · Create',
    'virtual NQN "my_v_nqn_1" VCID 0x0001',
    'nvme virtual_subsys_create --dev=/dev/nvme0 --virtual_nqn="my_v_nqn_1" --dev_vcid=1',
  ],
  [
    { opcode: 0xc1, cdw10: 0x00020002, cdw11: 0x00010014 },
    'Virtual Subsystem Management · Add Controller',
    'VSID 1 CNTLID 0x0002 VCID 0x0014',
    'nvme virtual_subsys_add --dev=/dev/nvme0 --virtual_nqn="my_v_nqn_1" --secondary_dev=/dev/nvme2 --secondary_dev_vcid=20',
  ],
  [
    { opcode: 0xc1, cdw10: 0x00030003, cdw11: 0x00020000 },
    'Virtual Subsystem Management · Remove Controller',
    'VSID 2 CNTLID 0x0003',
    'nvme virtual_subsys_remove --dev=/dev/nvme0 --vsid=2 --secondary_cntlid=3',
  ],
  [
    { opcode: 0xc2, cdw10: 0, readLength: 4096 },
    'Virtual Subsystem Receive · List Virtual Subsystems',
    '',
    'nvme virtual_subsys_list --dev=/dev/nvme0',
  ],
  [
    { opcode: 0xc5, cdw10: 0xffff0000 },
    'Function Management · Provision',
    'any free CNTLID',
    'nvme virtual_function_provision --dev=/dev/nvme0',
  ],
  [
    { opcode: 0xc5, cdw10: 0x00050001, cdw11: 0x8001 },
    'Function Management · Destroy',
    'CNTLID 0x0005 handle 32769',
    'nvme virtual_function_destroy --dev=/dev/nvme0 --cntlid=5 --handle=32769',
  ],
  [
    { opcode: 0xc5, cdw10: 0x00050002 },
    'Function Management · Enable Live Migration',
    'CNTLID 0x0005',
    'nvme virtual_function_set --dev=/dev/nvme0 --cntlid=5 --migration=1',
  ],
  [
    { opcode: 0xc5, cdw10: 0x00050005 },
    'Function Management · Hide',
    'CNTLID 0x0005',
    'nvme virtual_function_set --dev=/dev/nvme0 --cntlid=5 --visible=0',
  ],
  [
    { opcode: 0xc6, readLength: 4096 },
    'Function Receive · List Functions',
    '',
    'nvme virtual_function_list --dev=/dev/nvme0',
  ],
  [
    { opcode: 0xc6, cdw10: 0x00800000, readLength: 4096 },
    'Function Receive · List Functions',
    'from CNTLID 0x0080',
    'nvme admin-passthru /dev/nvme0 --opcode=0xc6 --cdw10=0x800000 --data-len=4096 --read --raw-binary',
  ],
  [
    { opcode: 0xcb, nsid: 1, cdw10: 7 },
    'Vendor Specific CBh',
    'NSID 0x00000001 CDW10 0x00000007',
    'nvme admin-passthru /dev/nvme0 --opcode=0xcb --namespace-id=1 --cdw10=0x7',
  ],
  [
    { opcode: 0xc8, cdw10: 7 },
    'Vendor Suspend (December 2022)',
    'VF 7',
    'nvme admin-passthru /dev/nvme0 --opcode=0xc8 --cdw10=0x7',
  ],
  [
    { opcode: 0xd5, cdw10: 3, cdw11: 4, data: new Uint8Array(4) },
    'Vendor Load Data (December 2022)',
    'VF 3 4 bytes',
    'nvme admin-passthru /dev/nvme0 --opcode=0xd5 --cdw10=0x3 --cdw11=0x4 --data-len=4 --write --input-file=data.bin',
  ],
];

const names = { virtualNqns: new Map([[1, 'my_v_nqn_1']]), devices: new Map([[2, '/dev/nvme2']]) };

test.each(cases)('%j', (fields, name, words, line) => {
  const command = adminCommand(fields);
  expect(describeCommand(command)).toEqual({ name, words });
  expect(commandLine(command, '/dev/nvme0', names)).toBe(line);
});

test('a command that nvme-cli cannot spell is passed through with all its dwords', () => {
  const odd = adminCommand({ opcode: 0x1c, cdw10: 0x000180f8, cdw11: 0x10002 });
  expect(commandLine(odd, '/dev/nvme1')).toBe(
    'nvme admin-passthru /dev/nvme1 --opcode=0x1c --cdw10=0x180f8 --cdw11=0x10002',
  );
});

test('what a shell would expand in a name is escaped', () => {
  const name = encodeVirtualSubsystemIdentity({ ...blankVirtualSubsystemIdentity(), vnqn: 'a"$(b)`\\' });
  const command = adminCommand({ opcode: 0xc1, cdw11: 1, ...dataOf(name) });
  expect(commandLine(command, '/dev/nvme0')).toContain('--virtual_nqn="a\\"\\$(b)\\`\\\\"');
});

test('any command at all gets a name and a line', () => {
  const dword = fc.integer({ min: 0, max: 0xffffffff });
  const any = fc.record({
    opcode: fc.integer({ min: 0, max: 255 }),
    nsid: dword,
    cdw10: dword,
    cdw11: dword,
    cdw12: dword,
    cdw13: dword,
    cdw14: dword,
    cdw15: dword,
    data: fc.uint8Array({ maxLength: 8 }),
    readLength: fc.nat(4096),
  });
  fc.assert(
    fc.property(any, (command) => {
      expect(describeCommand(command).name.startsWith(opcodeName(command.opcode))).toBe(true);
      expect(commandLine(command, '/dev/nvme0')).toMatch(/^nvme .*\/dev\/nvme0/);
    }),
  );
});

test('the direction of every data transfer is that of the specification', () => {
  const { identify, namespaceAttachment, virtualizationManagement, trackReceive, migrationSend } =
    adminOpcodes;
  expect(
    [identify, namespaceAttachment, virtualizationManagement, trackReceive, migrationSend].map(dataDirection),
  ).toEqual(['from-controller', 'to-controller', 'none', 'from-controller', 'to-controller']);
  expect(dataDirection(adminOpcodes.virtualSubsystemManagement)).toBe('to-controller');
  expect(dataDirection(adminOpcodes.virtualSubsystemReceive)).toBe('from-controller');
  for (const opcode of Object.values(adminOpcodes))
    expect(opcodeName(opcode)).not.toMatch(/opcode|Vendor Specific/);
});

test('statuses in words and as nvme-cli prints them', () => {
  expect(describeStatus(completionOf('success', { dw0: 4 }))).toBe('success');
  expect(describeStatus(completionOf('invalidSecondaryControllerState'))).toBe(
    'Invalid Secondary Controller State (4120h)',
  );
  expect(describeStatus({ sct: 1, sc: 0x99, dnr: false })).toBe('Command Specific status 99h (199h)');
  expect(describeStatus({ sct: 7, sc: 1, dnr: false })).toBe('Vendor Specific Status (701h)');
  expect(nvmeCliStatusLine(completionOf('controllerSuspended'))).toBe('NVMe status: unrecognized(0x4139)');
  expect(nvmeCliStatusLine({ sct: 5, sc: 1, dnr: true })).toBe('NVMe status: Unknown status(0x4501)');
  const numbers = Object.values(statusCodes).map(({ sct, sc }) => (sct << 8) | sc);
  expect(new Set(numbers).size).toBe(numbers.length);
});
