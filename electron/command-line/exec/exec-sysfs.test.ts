import { describe, expect, it } from 'vitest';
import type { AnsweredLine } from './testing/exec-lines.ts';
import { reportDrive, runLines } from './testing/report-drive.ts';

/** Lines of scripts and public reports of people who prepare virtual functions through sysfs. */
const pf = '/sys/bus/pci/devices/0000:86:00.0';
const vf = '/sys/bus/pci/devices/0000:86:00.1';

const run = (...lines: readonly string[]) => runLines(reportDrive(), ...lines);
const stdouts = (lines: readonly AnsweredLine[]) => lines.map(({ stdout }) => stdout);
const exits = (lines: readonly AnsweredLine[]) => lines.map(({ exit }) => exit);

describe('echo', () => {
  it('-n is an option and not part of the value', async () => {
    const lines = await run(
      `echo -n 0 > ${pf}/sriov_drivers_autoprobe`,
      `cat ${pf}/sriov_drivers_autoprobe`,
      'echo -n ready',
    );
    expect(stdouts(lines)).toEqual(['', '0\n', 'ready']);
    expect(exits(lines)).toEqual([0, 0, 0]);
  });

  it('of nothing writes nothing', async () => {
    const lines = await run(
      `echo vfio-pci > ${pf}/driver_override`,
      `echo -n "" > ${pf}/driver_override`,
      `cat ${pf}/driver_override`,
      `echo > ${pf}/driver_override`,
      `cat ${pf}/driver_override`,
    );
    expect(stdouts(lines)).toEqual(['', '', 'vfio-pci\n', '', '(null)\n']);
  });
});

describe('paths', () => {
  it('go through virtfnN, physfn, driver, subsystem and device as in Linux', async () => {
    const lines = await run(
      `echo 0 > ${pf}/sriov_drivers_autoprobe`,
      'echo 1 > /sys/class/nvme/nvme0/device/sriov_numvfs',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 0 -a 8 -n 2',
      'nvme virt-mgmt /dev/nvme0 -c 1 -r 1 -a 8 -n 2',
      'nvme virt-mgmt /dev/nvme0 -c 1 -a 9',
      `echo nvme > ${pf}/virtfn0/driver_override`,
      'echo 0000:86:00.1 > /sys/bus/pci/drivers/nvme/bind',
      `cat ${vf}/physfn/sriov_numvfs ${pf}/virtfn0/driver_override ${vf}/physfn/virtfn0/../0000:86:00.0/sriov_totalvfs`,
      'cat /sys/class/nvme/nvme1/cntlid /sys/bus/pci/drivers/nvme/0000:86:00.1/nvme/nvme1/transport',
      'echo 0000:86:00.1 > /sys/class/nvme/nvme1/device/driver/unbind',
      `echo 1 > ${pf}/virtfn0/reset`,
    );
    expect(exits(lines)).toEqual(lines.map(() => 0));
    expect(lines[7]?.stdout).toBe('1\nnvme\n4\n');
    expect(lines[8]?.stdout).toBe('1\npcie\n');
  });

  it('are read by readlink and realpath', async () => {
    const lines = await run(
      'readlink /sys/class/nvme/nvme0/device',
      'readlink -f /sys/class/nvme/nvme0/device',
      'realpath /sys/class/nvme/nvme0/device/driver',
      'readlink -f /sys/bus/pci/devices/0000:86:00.0/new',
      'readlink /sys/class/nvme/nvme0/device/subsystem',
      'readlink /sys/class/nvme/nvme0/model',
      'readlink -e /sys/class/nvme/nvme7',
      'readlink',
    );
    expect(stdouts(lines).slice(0, 5)).toEqual([
      '../../../0000:86:00.0\n',
      expect.stringMatching(/^\/sys\/devices\/pci0000:00\/.*\/0000:86:00\.0\n$/),
      '/sys/bus/pci/drivers/nvme\n',
      expect.stringMatching(/0000:86:00\.0\/new\n$/),
      '../../../../bus/pci\n',
    ]);
    expect(exits(lines)).toEqual([0, 0, 0, 0, 0, 1, 1, 1]);
    expect(lines[7]?.stderr).toContain('missing operand');
  });

  it('are not read with options that would do something else here', async () => {
    const lines = await run(
      'readlink -q -s -n -f /sys/class/nvme/nvme0/device/driver',
      'readlink -z /sys/class/nvme/nvme0/device',
      'readlink -m /sys/none/none',
      'realpath -s /sys/class/nvme/nvme0',
    );
    expect(stdouts(lines)).toEqual(['/sys/bus/pci/drivers/nvme', '', '', '']);
    expect(exits(lines)).toEqual([0, 1, 1, 1]);
    expect(lines.slice(1).map(({ stderr }) => stderr)).toEqual([
      "readlink: invalid option -- 'z'\n",
      "readlink: invalid option -- 'm'\n",
      "realpath: invalid option -- 's'\n",
    ]);
  });
});

describe('attributes', () => {
  it('have their values', async () => {
    const [functionLine, deviceLine, blockLine] = await run(
      `cat ${['vendor', 'device', 'class', 'numa_node', 'sriov_offset', 'sriov_stride', 'sriov_vf_device', 'reset_method', 'driver_override', 'modalias'].map((name) => `${pf}/${name}`).join(' ')}`,
      `cat ${['queue_count', 'cntrltype', 'sqsize', 'state', 'serial', 'subsysnqn'].map((name) => `/sys/class/nvme/nvme0/${name}`).join(' ')}`,
      'cat /sys/block/nvme0n1/size /sys/block/nvme0n1/queue/logical_block_size /sys/class/nvme-subsystem/nvme-subsys0/nvme0/cntlid',
    );
    expect(functionLine?.stdout.trim().split('\n').slice(0, 9)).toEqual([
      '0x144d',
      '0xa824',
      '0x010802',
      '-1',
      '1',
      '1',
      'a824',
      'flr bus',
      '(null)',
    ]);
    expect(functionLine?.stdout).toContain('pci:v0000144Dd0000A824sv0000144D');
    expect(deviceLine?.stdout).toMatch(/^\d+\nio\n1023\nlive\nS0EXAMPLE0001\nnqn\.1994-11\./);
    expect(blockLine?.stdout).toBe('3125627568\n512\n65\n');
  });

  it('that are not there, not readable, not writable or not simulated are told apart', async () => {
    const lines = await run(
      `cat ${pf}/colour`,
      `cat ${pf}`,
      'cat /sys/bus/pci/drivers/nvme/bind',
      `cat ${pf}/config`,
      `echo 1 > ${pf}/vendor`,
      `echo 1 > ${pf}/config`,
      `echo 1 > ${pf}/colour`,
      `echo 1 > ${pf}`,
    );
    expect(exits(lines)).toEqual(lines.map(() => 1));
    const words = ['No such file or directory', 'Is a directory', 'Permission denied', 'not simulated'];
    expect(lines.map(({ stderr }) => words.find((each) => stderr.includes(each)))).toEqual([
      words[0],
      words[1],
      words[2],
      words[3],
      words[2],
      words[3],
      words[2],
      words[1],
    ]);
  });
});

describe('what fails on a host fails here', () => {
  it('a primary handed to vfio-pci while its virtual functions are on', async () => {
    const lines = await run(
      `echo 2 > ${pf}/sriov_numvfs`,
      'echo 0000:86:00.0 > /sys/bus/pci/drivers/nvme/unbind',
      `echo vfio-pci > ${pf}/driver_override`,
      'echo 0000:86:00.0 > /sys/bus/pci/drivers/vfio-pci/bind',
      `readlink ${pf}/driver`,
      'echo 0000:86:00.0 > /sys/bus/pci/drivers_probe',
      `readlink ${pf}/driver`,
      `echo > ${pf}/driver_override`,
      'echo 144d a824 > /sys/bus/pci/drivers/vfio-pci/new_id',
      `readlink ${pf}/driver`,
      `readlink ${pf}/virtfn0/driver`,
    );
    expect(exits(lines)).toEqual([0, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0]);
    expect(lines[3]?.stderr).toBe('sh: write error: Device or resource busy\n');
    expect(lines[3]?.refusals).toMatchObject([
      { line: 4, cause: expect.stringMatching(/sriov_numvfs.* is 2$/) },
    ]);
  });

  it.each(['none', 'off', 'None', ''])('vfio-pci on a host whose IOMMU is called "%s"', async (iommu) => {
    const lines = await runLines(
      reportDrive({ iommu }),
      `echo 1 > ${pf}/sriov_numvfs`,
      `echo vfio-pci > ${vf}/driver_override`,
      'echo 0000:86:00.1 > /sys/bus/pci/drivers_probe',
      `readlink ${vf}/driver`,
      'echo 0000:86:00.1 > /sys/bus/pci/drivers/vfio-pci/bind',
      `readlink ${vf}/iommu_group`,
    );
    // The driver core keeps to itself what a driver answers to drivers_probe.
    expect(exits(lines)).toEqual([0, 0, 0, 1, 1, 1]);
    expect(lines[4]?.stderr).toContain('Invalid argument');
  });

  it.each([
    'echo 0000:86:00.1 > /sys/bus/pci/drivers/vfio-pci/unbind',
    `echo 1 > ${vf}/remove`,
    `echo 1 > ${pf}/remove`,
    `echo 0 > ${pf}/sriov_numvfs`,
  ])('taking a function away that a virtual machine uses: %s', async (line) => {
    const fleet = reportDrive({
      virtualMachines: [
        { name: 'db', vcpus: 1, memoryBytes: 1 << 30, state: 'stopped', devices: ['0000:86:00.1'] },
      ],
    });
    const primary = fleet.subsystems?.[0]?.controllers[0];
    if (primary?.role !== 'primary') throw new Error('no primary');
    primary.sriov.numVfs = 1;
    primary.secondaries = [{ vfn: 1, driver: 'vfio-pci', driverOverride: 'vfio-pci' }];
    const [refused, driver] = await runLines(fleet, line, `readlink ${vf}/driver`);
    expect(refused).toMatchObject({ exit: 1, refusals: [{ cause: 'Virtual machine db uses 0000:86:00.1' }] });
    expect(driver?.stdout).toContain('vfio-pci');
  });
});

describe('removing and scanning', () => {
  it('a physical function goes with its virtual functions and comes back without them', async () => {
    const lines = await run(
      `echo 2 > ${pf}/sriov_numvfs`,
      `echo 1 > ${pf}/remove`,
      `cat ${pf}/vendor`,
      'cat /sys/bus/pci/devices/0000:86:00.1/vendor',
      'nvme id-ctrl /dev/nvme0 -o json',
      'echo 1 > /sys/bus/pci/rescan',
      `cat ${pf}/sriov_numvfs`,
      'cat /sys/class/nvme/nvme0/address',
    );
    expect(exits(lines)).toEqual([0, 0, 1, 1, 1, 0, 0, 0]);
    expect(stdouts(lines).slice(6)).toEqual(['0\n', '0000:86:00.0\n']);
  });

  it('a virtual function comes back with sriov_numvfs alone', async () => {
    const lines = await run(
      `echo 0 > ${pf}/sriov_drivers_autoprobe`,
      `echo 1 > ${pf}/sriov_numvfs`,
      `echo 1 > ${vf}/remove`,
      'echo 1 > /sys/bus/pci/rescan',
      `cat ${vf}/vendor`,
      `echo 0 > ${pf}/sriov_numvfs`,
      `echo 1 > ${pf}/sriov_numvfs`,
      `cat ${vf}/vendor`,
    );
    expect(exits(lines)).toEqual([0, 0, 0, 0, 1, 0, 0, 0]);
  });
});
