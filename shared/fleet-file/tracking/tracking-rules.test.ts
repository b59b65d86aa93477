import { expect, test } from 'vitest';
import { fleetFileOf } from '../../test-support/fleet-file-of.ts';
import type { FleetFileInput } from '../schema.ts';
import { encodeGranuleRuns } from './granule-runs.ts';

const dataQueue = { identifier: 1, cntlid: 1, slots: 4, ranges: 1, address: '0x10000' };
const memoryTracker = {
  cntlid: 1,
  granularity: 1,
  ranges: [
    { address: '0x0', granules: 8 },
    { address: '0x10000', granules: 8 },
  ],
  changed: encodeGranuleRuns([{ from: 6, count: 4 }]),
};

function fileWith(
  tracking: {
    dataQueues?: readonly object[];
    memoryTrackers?: readonly object[];
  },
  dirtyLog = encodeGranuleRuns([{ from: 1, count: 2 }]),
): unknown {
  const file = {
    format: 'berth-fleet',
    version: 1,
    name: 'tracked',
    hosts: [{ name: 'one', virtualMachines: [{ name: 'vm', vcpus: 1, memoryBytes: 12_288, dirtyLog }] }],
    subsystems: [
      {
        nqn: 'nqn.2014-08.org.nvmexpress:uuid:00000000-0000-0000-0000-000000000001',
        controllers: [
          {
            role: 'primary',
            cntlid: 0,
            host: 'one',
            address: '0000:01:00.0',
            identify: {
              kind: 'fields',
              identity: { serialNumber: 'S', modelNumber: 'M', firmwareRevision: 'F' },
            },
            sriov: { totalVfs: 4 },
            vq: { kind: 'flexible', total: 16, secondaryMaximum: 8, privateToPrimary: 3 },
            vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2 },
          },
        ],
      },
    ],
  } satisfies FleetFileInput;
  Object.assign(file.subsystems[0]?.controllers[0] ?? {}, { tracking });
  return file;
}

const good = { dataQueues: [dataQueue], memoryTrackers: [memoryTracker] };

test('what an exported fleet writes is accepted; runs may span ranges that touch', () => {
  expect(fleetFileOf(fileWith(good), 'good')).toMatchObject({ ok: true });
});

test('runs are looked for in ranges of any order, also such that overlap', () => {
  const ranges = [40, 8, 0, 4, 60].map((from) => ({
    address: `0x${(from * 8192).toString(16)}`,
    granules: 8,
  }));
  const noted = (...runs: readonly (readonly [number, number])[]) =>
    fileWith({
      memoryTrackers: [
        {
          ...memoryTracker,
          ranges,
          changed: encodeGranuleRuns(runs.map(([from, count]) => ({ from, count }))),
        },
      ],
    });
  // 0-15, 40-47 and 60-67.
  expect(fleetFileOf(noted([0, 1], [2, 14], [41, 7], [60, 8]))).toMatchObject({ ok: true });
  for (const run of [
    [15, 2],
    [16, 1],
    [39, 1],
    [47, 14],
    [68, 1],
  ] as const)
    expect(fleetFileOf(noted([0, 1], run)), `${run}`).toMatchObject({ ok: false });
});

const at = 'subsystems[0].controllers[0].tracking';
const queue = (changes: object) => ({ dataQueues: [{ ...dataQueue, ...changes }] });
const tracker = (changes: object) => ({ memoryTrackers: [{ ...memoryTracker, ...changes }] });

test.each([
  ['not its secondary', `${at}.dataQueues[0].cntlid`, queue({ cntlid: 9 })],
  [
    'a secondary twice',
    `${at}.dataQueues[1].cntlid`,
    { dataQueues: [dataQueue, { ...dataQueue, identifier: 2 }] },
  ],
  [
    'a CDQID twice',
    `${at}.dataQueues[1].identifier`,
    { dataQueues: [dataQueue, { ...dataQueue, cntlid: 2 }] },
  ],
  ['a head outside the ring', `${at}.dataQueues[0].head`, queue({ head: 4 })],
  ['a tail outside the ring', `${at}.dataQueues[0].tail`, queue({ tail: 4 })],
  ['a trigger outside the ring', `${at}.dataQueues[0].trigger`, queue({ trigger: 4 })],
  ['an address inside a page', `${at}.dataQueues[0].address`, queue({ address: '0x10' })],
  ['more memory than entries', `${at}.dataQueues[0].memory`, queue({ memory: 'A'.repeat(176) })],
  ['a tracker of nobody', `${at}.memoryTrackers[0].cntlid`, tracker({ cntlid: 0 })],
  [
    'a range inside a granule',
    `${at}.memoryTrackers[0].ranges[0].address`,
    tracker({ ranges: [{ address: '0x1000', granules: 99 }], changed: '' }),
  ],
  [
    'changes outside the ranges',
    `${at}.memoryTrackers[0].changed`,
    tracker({ changed: encodeGranuleRuns([{ from: 15, count: 2 }]) }),
  ],
  ['bytes that are no runs', `${at}.memoryTrackers[0].changed`, tracker({ changed: 'AQ==' })],
])('is refused: %s', (_words, field, tracking) => {
  expect(fleetFileOf(fileWith(tracking), 'bad')).toMatchObject({ ok: false, error: { field } });
});

test('pages behind the end of the memory are refused', () => {
  const dirtyLog = encodeGranuleRuns([{ from: 2, count: 2 }]);
  expect(fleetFileOf(fileWith(good, dirtyLog), 'bad')).toMatchObject({
    ok: false,
    error: { field: 'hosts[0].virtualMachines[0].dirtyLog' },
  });
});
