import { expect, test } from 'vitest';
import {
  commandGroups,
  nvmeCliLine,
  spelledName,
  spellLine,
  ungrouped,
  writtenFor,
} from './nvme-cli-line.ts';

test('a script says which nvme-cli understands it', () => {
  const line = (name: string, generation: '2.x' | '3.x') =>
    spellLine(nvmeCliLine(name, { cntlid: 1 }), '/dev/nvme0', generation);
  expect(writtenFor([])).toBeNull();
  expect(writtenFor(['echo 4 > /sys/bus/pci/devices/0000:41:00.0/sriov_numvfs'])).toBeNull();
  expect(writtenFor([line('virt-mgmt', '3.x'), line('lm migration-send', '2.x')])).toBe(
    'nvme-cli 2.x or 3.x',
  );
  expect(writtenFor([line('virt-mgmt', '2.x'), line('attach-ns', '2.x')])).toBe('nvme-cli 2.x');
  expect(writtenFor(['echo 1', line('attach-ns', '3.x')])).toBe('nvme-cli 3.x');
});

test('every grouped command has one name in 2.x', () => {
  expect(commandGroups).toEqual(['id', 'ns', 'log']);
  expect(spelledName('virt-mgmt', '3.x')).toBe('virt-mgmt');
  expect(ungrouped('ns attach')).toBe('attach-ns');
  expect(ungrouped('ns frob')).toBeUndefined();
});

test('options that are undefined are left out, and true is a flag', () => {
  const line = nvmeCliLine('id-ns', { 'namespace-id': 3, force: true, cntid: undefined });
  expect(spellLine(line, '/dev/nvme1', '2.x')).toBe('nvme id-ns /dev/nvme1 --namespace-id=3 --force');
  expect(spellLine(nvmeCliLine('virtual_subsys_list', {}, 'option'), '/dev/nvme1', '3.x')).toBe(
    'nvme virtual_subsys_list --dev=/dev/nvme1',
  );
});
