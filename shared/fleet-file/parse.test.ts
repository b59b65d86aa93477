import { describe, expect, test } from 'vitest';
import { atOnce } from '../bounds/pieces.ts';
import { fleetFileOf } from '../test-support/fleet-file-of.ts';
import { findTextProblems } from './parse.ts';
import type { FleetFileInput } from './schema.ts';

const identify = {
  kind: 'fields',
  identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: 'F' },
} as const;

/** A file with a primary (CNTLID 0, VFs 1-4) and a plain drive, as plain JSON that tests then break. */
function goodFile() {
  return {
    format: 'berth-fleet',
    version: 1,
    name: 'good',
    hosts: [
      {
        name: 'hv-a',
        virtualMachines: [{ name: 'vm', vcpus: 2, memoryBytes: 1024, devices: ['0000:01:00.1'] }],
      },
    ],
    subsystems: [
      {
        nqn: 'nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000001',
        controllers: [
          {
            role: 'primary',
            cntlid: 0,
            host: 'hv-a',
            address: '0000:01:00.0',
            identify,
            sriov: { totalVfs: 4, numVfs: 2 },
            vq: { kind: 'flexible', total: 16, secondaryMaximum: 8, privateToPrimary: 3 },
            vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2 },
            secondaries: [{ vfn: 1, vq: 4, vi: 2, online: true, driver: 'vfio-pci' }],
            virtualSubsystems: [
              {
                nqn: 'nqn.2026-11.io.berth:v',
                primaryVirtualId: 1,
                identity: {},
                members: [{ cntlid: 1, virtualControllerId: 20 }],
              },
            ],
          },
          { role: 'plain', cntlid: 9, host: 'hv-a', address: '0000:02:00.0', identify },
        ],
        namespaces: [
          { nsid: 1, blocks: 100, attachedTo: [0, 1] },
          { nsid: 2, blocks: 100, shared: false, attachedTo: [9] },
        ],
      },
    ],
  } satisfies FleetFileInput;
}

// biome-ignore lint/suspicious/noExplicitAny: tests write impossible values into a file on purpose.
type Break = (file: any) => void;

function refused(change: Break) {
  const file = goodFile();
  change(file);
  const parsed = fleetFileOf(file, 'broken.json');
  if (parsed.ok) throw new Error('the file was accepted');
  expect(parsed.error).toMatchObject({ code: 'invalid-file', object: 'broken.json' });
  expect(parsed.error.fix).toBeTruthy();
  expect(parsed.error.message).toContain('broken.json');
  return parsed.error;
}

test('a good file is read and its defaults are filled in', () => {
  const parsed = fleetFileOf(goodFile(), 'good.json');
  expect(parsed).toMatchObject({
    ok: true,
    value: { seed: 42, subsystems: [{ profile: 'berth', namespaces: [{ blockSize: 4096 }, {}] }] },
  });
});

const controller = 'subsystems[0].controllers[0]';

describe('impossible values are refused with the place where they stand', () => {
  test.each<[string, string, Break]>([
    [
      'VFs above TotalVFs',
      `${controller}.sriov.numVfs`,
      (file) => {
        file.subsystems[0].controllers[0].sriov.numVfs = 5;
      },
    ],
    [
      'a VF number above TotalVFs',
      `${controller}.secondaries[0].vfn`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries[0].vfn = 9;
      },
    ],
    [
      'resources above the pool',
      `${controller}.vq.total`,
      (file) => {
        file.subsystems[0].controllers[0].vq.allocatedToPrimary = 13;
      },
    ],
    [
      'resources above the limit of one secondary',
      `${controller}.secondaries[0].vi`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries[0].vi = 5;
      },
    ],
    [
      'a limit above the pool',
      `${controller}.vi.secondaryMaximum`,
      (file) => {
        file.subsystems[0].controllers[0].vi.secondaryMaximum = 9;
      },
    ],
    [
      'a pending allocation above the pool',
      `${controller}.vq.pendingAllocation`,
      (file) => {
        file.subsystems[0].controllers[0].vq.pendingAllocation = 17;
      },
    ],
    [
      'online without resources',
      `${controller}.secondaries[0].online`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries[0].vq = 1;
      },
    ],
    [
      'state of a VF that is not enabled',
      `${controller}.secondaries[0].vfn`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries[0].vfn = 3;
      },
    ],
    [
      'a VF twice',
      `${controller}.secondaries[1].vfn`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries.push({ vfn: 1 });
      },
    ],
    [
      'CNTLIDs twice',
      'subsystems[0].controllers[1].cntlid',
      (file) => {
        file.subsystems[0].controllers[1].cntlid = 3;
      },
    ],
    [
      'a reserved CNTLID',
      `${controller}.firstSecondaryCntlid`,
      (file) => {
        file.subsystems[0].controllers[0].firstSecondaryCntlid = 0xffee;
        file.subsystems[0].namespaces = [];
      },
    ],
    [
      'PCI addresses twice',
      'subsystems[0].controllers[1].address',
      (file) => {
        file.subsystems[0].controllers[1].address = '0000:01:00.2';
      },
    ],
    [
      'a PCI address that is none',
      'subsystems[0].controllers[1].address',
      (file) => {
        file.subsystems[0].controllers[1].address = '41:00.0';
      },
    ],
    [
      'an NQN that is too long',
      'subsystems[0].nqn',
      (file) => {
        file.subsystems[0].nqn = `nqn.2014-08.org.example:${'ä'.repeat(100)}`;
      },
    ],
    [
      'a virtual NQN that is too long',
      `${controller}.virtualSubsystems[0].nqn`,
      (file) => {
        file.subsystems[0].controllers[0].virtualSubsystems[0].nqn = 'n'.repeat(224);
      },
    ],
    [
      'a member that is no secondary',
      `${controller}.virtualSubsystems[0].members[0].cntlid`,
      (file) => {
        file.subsystems[0].controllers[0].virtualSubsystems[0].members[0].cntlid = 9;
      },
    ],
    [
      'virtual ids twice',
      `${controller}.virtualSubsystems[0].members[0].virtualControllerId`,
      (file) => {
        file.subsystems[0].controllers[0].virtualSubsystems[0].members[0].virtualControllerId = 1;
      },
    ],
    [
      'virtual subsystems of a device without them',
      `${controller}.virtualSubsystems`,
      (file) => {
        file.subsystems[0].profile = 'qemu-7.2';
      },
    ],
    [
      'a bad block size',
      'subsystems[0].namespaces[0].blockSize',
      (file) => {
        file.subsystems[0].namespaces[0].blockSize = 4000;
      },
    ],
    [
      'NSIDs twice',
      'subsystems[0].namespaces[1].nsid',
      (file) => {
        file.subsystems[0].namespaces[1].nsid = 1;
      },
    ],
    [
      'a private namespace attached twice',
      'subsystems[0].namespaces[1].attachedTo',
      (file) => {
        file.subsystems[0].namespaces[1].attachedTo = [9, 0];
      },
    ],
    [
      'attachment to an unknown controller',
      'subsystems[0].namespaces[0].attachedTo[1]',
      (file) => {
        file.subsystems[0].namespaces[0].attachedTo = [0, 77];
      },
    ],
    [
      'namespaces above the capacity',
      'subsystems[0].capacityBytes',
      (file) => {
        file.subsystems[0].capacityBytes = 1000;
      },
    ],
    [
      'Identify data of the wrong length',
      'subsystems[0].namespaces[0].identifyNamespace',
      (file) => {
        file.subsystems[0].namespaces[0].identifyNamespace = 'AAAA';
      },
    ],
    [
      'an unknown host',
      `${controller}.host`,
      (file) => {
        file.subsystems[0].controllers[0].host = 'hv-z';
      },
    ],
    [
      'hosts twice',
      'hosts[1].name',
      (file) => {
        file.hosts.push({ name: 'hv-a' });
      },
    ],
    [
      'a page size that is no power of two',
      'hosts[0].pageSize',
      (file) => {
        file.hosts[0].pageSize = 5000;
      },
    ],
    [
      'a device that does not exist',
      'hosts[0].virtualMachines[0].devices[0]',
      (file) => {
        file.hosts[0].virtualMachines[0].devices = ['0000:05:00.0'];
      },
    ],
    [
      'a device that is not bound to vfio-pci',
      'hosts[0].virtualMachines[0].devices[0]',
      (file) => {
        file.hosts[0].virtualMachines[0].devices = ['0000:01:00.2'];
      },
    ],
    [
      'a device of two machines',
      'hosts[0].virtualMachines[1].devices[0]',
      (file) => {
        file.hosts[0].virtualMachines.push({
          name: 'b',
          vcpus: 1,
          memoryBytes: 1,
          devices: ['0000:01:00.1'],
        });
      },
    ],
    [
      'a fabrics controller with a PCI address',
      'subsystems[0].controllers[1].address',
      (file) => {
        file.subsystems[0].controllers[1].transport = 'tcp';
      },
    ],
    [
      'device numbers twice',
      'subsystems[0].controllers[1].deviceInstance',
      (file) => {
        for (const controller of file.subsystems[0].controllers) controller.deviceInstance = 0;
      },
    ],
    [
      'a device number without nvme',
      `${controller}.secondaries[0].deviceInstance`,
      (file) => {
        file.subsystems[0].controllers[0].secondaries[0].deviceInstance = 3;
      },
    ],
    [
      'a VFIO state of a function that is not bound',
      `${controller}.secondaries[0].vfio`,
      (file) => {
        Object.assign(file.subsystems[0].controllers[0].secondaries[0], {
          driver: null,
          vfio: { state: 'STOP' },
        });
        file.hosts[0].virtualMachines = [];
      },
    ],
    [
      'a number as text',
      `${controller}.cntlid`,
      (file) => {
        file.subsystems[0].controllers[0].cntlid = '0';
      },
    ],
    [
      'a field that does not exist',
      'hosts[0]',
      (file) => {
        file.hosts[0].colour = 'red';
      },
    ],
  ])('%s', (_words, field, change) => {
    expect(refused(change).field).toBe(field);
  });

  test('queues above the resources, positions behind the queue, vectors and queues that are not there', () => {
    const error = refused((file) => {
      file.subsystems[0].controllers[0].secondaries[0].live = {
        properties: { cc: 1, aqa: 0, asq: '0x0', acq: '0x0' },
        admin: {},
        submissionQueues: [{ identifier: 4, size: 63, completionQueue: 9, address: '0x1000', head: 64 }],
        completionQueues: [{ identifier: 1, size: 63, address: '0x2000', interruptVector: 2 }],
      };
    });
    expect(error.details).toHaveLength(4);
  });
});

test('all problems are in the details', () => {
  const error = refused((file) => {
    file.subsystems[0].controllers[0].sriov.numVfs = 5;
    file.subsystems[0].namespaces[0].blockSize = 4000;
    file.hosts[0].pageSize = 5000;
  });
  expect(error.details).toHaveLength(3);
  expect(error.message).toContain('2 more');
});

test('a newer version, another format, and no JSON at all', () => {
  expect(refused((file) => Object.assign(file, { version: 2 }))).toMatchObject({ field: 'version' });
  expect(refused((file) => Object.assign(file, { format: 'something' }))).toMatchObject({ field: 'format' });
  expect(fleetFileOf('{', 'cut.json')).toMatchObject({ ok: false, error: { object: 'cut.json' } });
  expect(fleetFileOf('null', 'null.json')).toMatchObject({ ok: false, error: { field: 'format' } });
});

test('text in place of a number is told in words, with the field and the fix', () => {
  const text = JSON.stringify(goodFile()).replace('"memoryBytes":1024', '"memoryBytes":"plenty"');
  expect(atOnce(findTextProblems(text))).toEqual([
    {
      field: 'hosts[0].virtualMachines[0].memoryBytes',
      message: 'A number is needed here, and this is text',
      fix: 'Write a number, without quotes',
    },
  ]);
});
