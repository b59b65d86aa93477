import { afterEach, describe, expect, it, test } from 'vitest';
import { plainInput, primaryInput } from '../hosts/simulated/testing/test-kit.ts';
import { refusalText } from './refusal-text.ts';
import {
  closeShells,
  disabled,
  follow,
  heldByPrimary,
  openConsole,
  pf,
  type SubsystemChanges,
  twoEnabled,
  vf,
} from './testing/refused-lines.ts';

afterEach(closeShells);

describe('what is said below a refusal makes the line succeed', () => {
  test.each<readonly [line: string, changes: SubsystemChanges, before: readonly string[], cause: RegExp]>([
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      disabled,
      [],
      /^VF 1 is not enabled: sriov_numvfs is 0; .*0 VQ and needs at least 2; .*0 VI and needs at least 1$/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 3 -a 9',
      heldByPrimary,
      [],
      /^VF 3 is not enabled.*0 of 16 are free: the primary controller holds 16/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      { ...heldByPrimary, profile: 'qemu-7.2' },
      ['echo 4 > /sys/class/nvme/nvme0/device/sriov_numvfs'],
      /^VF 1 is enabled, but goes with that reset; CNTLID 1 has 0 VQ/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      { onlineNeedsReset: true },
      ['nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 2', 'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 1 -n 1'],
      /^CNTLID 1 got its resources while VF 1 was enabled, and that function was not reset since$/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      { ...disabled, onlineNeedsReset: true },
      [],
      /^VF 1 is not enabled.*0 VI and needs at least 1; what CNTLID 1 gets while VF 1 is enabled counts from a reset/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 3 -a 9',
      twoEnabled,
      ['nvme virt-mgmt /dev/nvme0 -c 3 -a 8 -r 0 -n 4', 'nvme virt-mgmt /dev/nvme0 -c 3 -a 8 -r 1 -n 1'],
      /^VF 3 is not enabled: sriov_numvfs is 2; the 4 VQ of CNTLID 3 go with the virtual functions that are removed; /,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 2',
      {},
      [
        'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 2',
        'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 1 -n 1',
        'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      ],
      /^CNTLID 1 is online/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 4',
      heldByPrimary,
      [],
      /^4 VQ were asked for and 0 of .* are free: of 16, the primary controller holds 16/,
    ],
    [
      'nvme virt-mgmt /dev/nvme0 -c 4 -a 8 -r 0 -n 6',
      {},
      ['for c in 1 2 3; do nvme virt-mgmt /dev/nvme0 -c $c -a 8 -r 0 -n 5; done'],
      /^6 VQ were asked for and 1 of .* are free/,
    ],
    [
      'nvme attach-ns /dev/nvme0 -n 3 -c 0',
      {},
      ['nvme attach-ns /dev/nvme0 -n 3 -c 20'],
      /^Namespace 3 is private \(NMIC is 0\) and attached to CNTLID 20$/,
    ],
    [
      'nvme attach-ns /dev/nvme0 -n 1 -c 2',
      { ...disabled, profile: 'qemu-7.2' },
      [],
      /^CNTLID 2 is there only while .*sriov_numvfs is 0$/,
    ],
    ['nvme ns-descs /dev/nvme0 -n 2', {}, [], /^Namespace 2 is not attached to \/dev\/nvme0 \(CNTLID 0\)/],
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 2',
      {},
      ['nvme sanitize /dev/nvme0 --sanact=2'],
      /^A sanitize operation \(block erase\) runs on the drive of \/dev\/nvme0/,
    ],
    [
      `echo 2 > ${pf}/sriov_numvfs`,
      {},
      [],
      /^sriov_numvfs of 0000:01:00.0 is 4, and it goes to another number through 0 only$/,
    ],
    [
      `echo 4 > ${pf}/sriov_numvfs`,
      disabled,
      ['echo 0000:01:00.0 > /sys/bus/pci/drivers/nvme/unbind'],
      /^0000:01:00.0 is bound to no driver/,
    ],
    [
      'echo 0000:01:00.1 > /sys/bus/pci/drivers/vfio-pci/bind',
      {},
      [],
      /driver_override of 0000:01:00.1 is not set$/,
    ],
    [
      'echo 0000:01:00.1 > /sys/bus/pci/drivers/vfio-pci/bind',
      {},
      [`echo nvme > ${vf}/driver_override`],
      /^driver_override of 0000:01:00.1 is nvme/,
    ],
    [
      'echo 0000:01:00.1 > /sys/bus/pci/drivers/nvme/bind',
      {},
      [],
      /^sriov_drivers_autoprobe of 0000:01:00.0 is 0/,
    ],
    [
      'echo 0000:01:00.0 > /sys/bus/pci/drivers/vfio-pci/bind',
      {},
      ['echo 0000:01:00.0 > /sys/bus/pci/drivers/nvme/unbind', `echo vfio-pci > ${pf}/driver_override`],
      /^vfio-pci takes no physical function .* is 4$/,
    ],
    ['echo 0000:01:00.0 > /sys/bus/pci/drivers/nvme/bind', {}, [], /^0000:01:00.0 is bound to nvme$/],
    [
      `cat ${vf}/vendor`,
      disabled,
      [],
      /^0000:01:00.1 is VF 1 of 0000:01:00.0, which is not enabled: sriov_numvfs is 0$/,
    ],
    [
      `echo vfio-pci | tee ${pf}/virtfn1/driver_override`,
      disabled,
      [],
      /^0000:01:00.0 has no virtfn1: sriov_numvfs is 0/,
    ],
    ['sudo timeout 5 nvme virt-mgmt /dev/nvme0 -c 2 -a 9', {}, [], /^CNTLID 2 has 0 VQ/],
  ])('%s', async (line, changes, before, cause) => {
    const run = await openConsole(changes);
    for (const step of before) expect(await run(step), step).toMatchObject({ exit: 0 });
    const refused = await run(line);
    expect(refused.refusals?.map((each) => each.cause)).toEqual([expect.stringMatching(cause)]);
    const { output, refusals } = await follow(run, line);
    expect(output, JSON.stringify(output.refusals)).toMatchObject({ exit: 0 });
    expect(refusals).toBeGreaterThan(0);
  });
});

describe('a line that has to change', () => {
  test.each<readonly [line: string, before: readonly string[], cause: RegExp, fix: RegExp]>([
    [
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 8 -r 0 -n 7',
      [],
      /VQFRSM of \/dev\/nvme0 \(CNTLID 0\) is 6/,
      /--nr=6 or less/,
    ],
    ['nvme virt-mgmt /dev/nvme0 -a 9 -c 1', [], /^0 is not an action.*before --cntlid/, /--cntlid first/],
    ['nvme virt-mgmt /dev/nvme0 -c 99 -a 9', [], /no controller CNTLID 99/, /CNTLID 1, 2, 3, 4$/],
    [
      'nvme virt-mgmt /dev/nvme1 -c 1 -a 9',
      [],
      /\/dev\/nvme1 \(CNTLID 20\) does not have Virtualization Management/,
      /drive/,
    ],
    [
      'nvme create-ns /dev/nvme0 -s 512000000 -c 512000000 -f 0',
      [],
      /needs 512000000 blocks of 512 bytes, and \d+ are not allocated/,
      /If 512000000 was meant in bytes, give --nsze=1000000 /,
    ],
    [
      'nvme create-ns /dev/nvme0 -s 100 -c 50 -f 0',
      [],
      /capacity is 50 blocks and the size 100/,
      /--ncap=100/,
    ],
    ['nvme attach-ns /dev/nvme0 -n 1 -c 0', [], /already attached to CNTLID 0/, /Leave/],
    ['nvme attach-ns /dev/nvme0 -n 1 -c 77', [], /no controller CNTLID 77/, /0, 1, 2, 3, 4, 20/],
    [
      'nvme detach-ns /dev/nvme0 -n 1 -c 1',
      [],
      /not attached to CNTLID 1; it is attached to 0$/,
      /--controllers=0 /,
    ],
    ['nvme delete-ns /dev/nvme0 -n 9', [], /no namespace 9; allocated are 1, 2, 3/, /Give/],
    [
      'nvme id-ctrl /dev/nvme7',
      [],
      /has no nvme7; it has nvme0, nvme1, and functions without a device: 0000:01:00.1 \(no driver\)/,
      /bind/,
    ],
    ['nvme virt-mgmt /dev/nvme0 -c 1 --colour', [], /colour/, /./],
    [
      'echo 9 > /sys/class/nvme/nvme0/device/sriov_numvfs',
      [],
      /4 virtual functions .*9 were asked for/,
      /at most 4/,
    ],
    [
      'echo two > /sys/class/nvme/nvme0/device/sriov_numvfs',
      [],
      /takes a number, and two was written/,
      /number/,
    ],
    [
      'echo 1 > /sys/class/nvme/nvme1/device/sriov_numvfs',
      [],
      /0000:02:00.0 has no SR-IOV capability/,
      /drive/,
    ],
    [
      `echo 1 > ${vf}/sriov_numvfs`,
      [],
      /itself a virtual function \(1 of 0000:01:00.0\)/,
      /0000:01:00.0\/sriov_numvfs/,
    ],
    [
      'echo 1 > /sys/bus/pci/devices/0000:09:00.0/reset',
      [],
      /no NVMe function 0000:09:00.0; it has 0000:01:00.0/,
      /domain/,
    ],
    [`cat ${pf}/colour`, [], /There is no colour in/, /^Look at what there is: ls /],
    [`echo 1 > ${pf}/vendor`, [], /can only be read/, /cat/],
    ['nvme get-feature /dev/nvme0 -f 0x99', [], /does not have feature 99h/, /--sel=3/],
    [
      'nvme get-log /dev/nvme0 -i 0xc0 -l 512',
      [],
      /does not have log page C0h \(LPA is/,
      /supported-log-pages/,
    ],
  ])('%s', async (line, before, cause, fix) => {
    const run = await openConsole();
    for (const step of before) await run(step);
    const output = await run(line);
    expect(output.exit, output.stderr).not.toBe(0);
    expect(output.refusals).toEqual([
      { cause: expect.stringMatching(cause), fix: expect.stringMatching(fix), lines: [] },
    ]);
  });

  it('names the virtual machine that has to let go first', async () => {
    const secondaries = [{ vfn: 1, driver: 'vfio-pci', driverOverride: 'vfio-pci' }] as const;
    const controllers = [primaryInput({ secondaries: [...secondaries] }), plainInput];
    const run = await openConsole({ controllers }, ['0000:01:00.1']);
    for (const line of [
      'echo 0000:01:00.1 > /sys/bus/pci/drivers/vfio-pci/unbind',
      `echo 0 > ${pf}/sriov_numvfs`,
      `echo 1 > ${vf}/remove`,
    ])
      expect((await run(line)).refusals).toEqual([
        {
          cause: 'Virtual machine db uses 0000:01:00.1',
          fix: expect.stringContaining('virsh detach-device db'),
          lines: [],
        },
      ]);
    const [count] = (await run(`echo 3 > ${pf}/sriov_numvfs`)).refusals ?? [];
    expect(count).toMatchObject({
      fix: expect.stringContaining('a virtual machine uses one of them'),
      lines: [],
    });
  });

  it('is told of a fault of the simulation as such', async () => {
    const run = await openConsole();
    await run('berth fault /dev/nvme0 -o 0x1c -n 1 --status=0x4120');
    const { refusals } = await run('nvme virt-mgmt /dev/nvme0 -c 1 -a 7');
    expect(refusals).toEqual([
      { cause: expect.stringContaining('Fault 1 of the simulation'), fix: expect.any(String), lines: [] },
    ]);
  });

  it('prints what the real tool prints, and nothing of Berth into pipes and files', async () => {
    const run = await openConsole(disabled);
    const { stdout, refusals } = await run('nvme virt-mgmt /dev/nvme0 -c 1 -a 9 2>&1 | cat');
    expect(new TextDecoder().decode(stdout)).toMatch(/^NVMe status: [^\n]*\(0x4120\)\n$/);
    expect(refusals).toBeUndefined();
    const shown = await run('nvme virt-mgmt /dev/nvme0 -c 1 -a 9');
    expect(shown.stderr).toMatch(/^NVMe status: [^\n]*\(0x4120\)\n$/);
    expect(refusalText(shown.refusals ?? [], shown.stderr)).toMatch(
      /^ {2}Cause: VF 1 .*\n {2}Fix: Write at least 1; .*:\n {4}echo 1 > .*sriov_numvfs\n {4}nvme virt-mgmt .*\n {4}nvme virt-mgmt .*\n$/,
    );
  });
});
