import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { numRuns } from '#shared/test-support/property-runs.ts';
import {
  closeShells,
  disabled,
  follow,
  heldByPrimary,
  openConsole,
  pf,
  type SubsystemChanges,
} from './testing/refused-lines.ts';

afterEach(closeShells);

const cntlid = fc.constantFrom(0, 1, 2, 3, 4, 9, 20);
const count = fc.integer({ min: 0, max: 9 });
const driver = fc.constantFrom('nvme', 'vfio-pci');
const address = fc.constantFrom(
  '0000:01:00.0',
  '0000:01:00.1',
  '0000:01:00.2',
  '0000:02:00.0',
  '0000:07:00.0',
);
const lines: fc.Arbitrary<string> = fc.oneof(
  fc
    .tuple(cntlid, fc.constantFrom(1, 7, 8, 9, 9, 9), fc.constantFrom(0, 1), count)
    .map(([c, a, r, n]) => `nvme virt-mgmt /dev/nvme0 -c ${c} -r ${r} -a ${a} -n ${n}`),
  fc
    .tuple(fc.constantFrom('attach-ns', 'detach-ns'), fc.integer({ min: 1, max: 5 }), cntlid)
    .map(([name, nsid, c]) => `nvme ${name} /dev/nvme0 -n ${nsid} -c ${c}`),
  fc.tuple(count, count).map(([s, c]) => `nvme create-ns /dev/nvme0 -s ${s * 1000} -c ${c * 1000} -f 0`),
  count.map((n) => `nvme delete-ns /dev/nvme0 -n ${n}`),
  fc.constantFrom('nvme reset /dev/nvme0', `echo 1 > ${pf}/reset`, 'nvme sanitize /dev/nvme0 --sanact=4'),
  count.map((n) => `echo ${n} > ${pf}/sriov_numvfs`),
  fc.tuple(address, driver).map(([a, d]) => `echo ${d} > /sys/bus/pci/devices/${a}/driver_override`),
  fc
    .tuple(address, driver, fc.constantFrom('bind', 'unbind'))
    .map(([a, d, file]) => `echo ${a} > /sys/bus/pci/drivers/${d}/${file}`),
);

test('whatever is refused says why, and following it never ends in a circle', async () => {
  let refused = 0;
  let mended = 0;
  const profiles = fc.constantFrom('berth', 'qemu-7.2') as fc.Arbitrary<'berth' | 'qemu-7.2'>;
  const worlds = fc.constantFrom<SubsystemChanges>({}, disabled, heldByPrimary);
  await fc.assert(
    fc.asyncProperty(
      profiles,
      worlds,
      fc.array(lines, { minLength: 5, maxLength: 15 }),
      async (profile, changes, script) => {
        const run = await openConsole({ ...changes, profile });
        for (const line of script) {
          const { refusals, output } = await follow(run, line);
          if (refusals > 0) refused += 1;
          if (refusals > 0 && output.exit === 0) mended += 1;
        }
      },
    ),
    { numRuns: numRuns(15, 200), seed: 11 },
  );
  expect(refused).toBeGreaterThan(20);
  expect(mended).toBeGreaterThan(5);
}, 60_000);
