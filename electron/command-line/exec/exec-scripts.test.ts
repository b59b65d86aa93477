import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';

const twin = path.join(import.meta.dirname, '../../../e2e/captures/02-sriov-4vf');

/** Brings up two virtual functions: loops, functions, arrays, jq, awk and sysfs, as people write it. */
const bringUp = `#!/bin/bash
# Flexible resources for two virtual functions, then online and bound.
set -euo pipefail

PF=\${PF:-nvme0}
BDF=$(basename "$(readlink -f /sys/class/nvme/$PF/device)")
SYS=/sys/bus/pci/devices/$BDF
QUEUES=2
declare -a ready=()

log() { echo "[$(basename "$0" 2>/dev/null || echo script)] $*" >&2; }

caps() {
  nvme primary-ctrl-caps /dev/$PF -o json | jq -r ".$1"
}

assign() {
  local cntlid=$1 count=$2
  for rt in 0 1; do
    nvme virt-mgmt /dev/$PF -c "$cntlid" -r $rt -a 8 -n "$count" | grep -q 'NRM):0x'
  done
}

if [ ! -e $SYS/sriov_totalvfs ]; then
  log "no SR-IOV"
  exit 1
fi

echo 0 > $SYS/sriov_drivers_autoprobe
total=$(cat $SYS/sriov_totalvfs)
echo 0 > $SYS/sriov_numvfs
echo "$total" > $SYS/sriov_numvfs

while read -r cntlid vf; do
  [ "$vf" -le 2 ] || continue
  assign "$cntlid" $QUEUES
  nvme virt-mgmt /dev/$PF -c "$cntlid" -a 9 > /dev/null
  echo nvme > $SYS/virtfn$((vf - 1))/driver_override
  address=$(basename "$(readlink $SYS/virtfn$((vf - 1)))")
  echo "$address" | sudo tee /sys/bus/pci/drivers/nvme/bind > /dev/null
  ready+=("$address")
done < <(nvme list-secondary /dev/$PF -o json |
  jq -r '.["secondary-controllers"][] | [.["secondary-controller-identifier"], .["virtual-function-number"]] | @tsv')

nvme list-secondary /dev/$PF -o json |
  jq -r '.["secondary-controllers"][] | .["secondary-controller-state"]' |
  awk '{ online += $1 } END { print online " online" }'
printf '%s\\n' "\${ready[@]}"
echo "left: $(caps vqfrt) $(caps vqrfa)"
`;

let folder = '';
let script = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'berth-script-'));
  script = path.join(folder, 'bring-up.sh');
});
afterAll(() => rm(folder, { recursive: true }));

const berth = (...args: readonly string[]) => runCommandLine(['exec', ...args]);

it('a script of more than forty lines runs as it is', async () => {
  expect(bringUp.split('\n').length).toBeGreaterThan(40);
  await writeFile(script, bringUp);
  const { code, out, err } = await berth(twin, '--file', script);
  expect(err).toBe('');
  expect(out.split('\n').slice(0, 3)).toEqual(['2 online', '0000:01:00.1', '0000:01:00.2']);
  expect(out).toMatch(/^left: \d+ 4$/m);
  expect(code).toBe(0);
});

it('messages name the script and the line, and the rest goes on', async () => {
  await writeFile(
    script,
    'echo one\nf() {\n  nvme virt-mgmt /dev/nvme0 -c 77 -a 9\n}\nf\nnosuch\necho two\n',
  );
  const { code, out, err } = await berth(twin, '--file', script);
  expect(out).toBe('one\ntwo\n');
  expect(err.split('\n')).toEqual([
    'bring-up.sh: line 3: NVMe status: Invalid Controller Identifier: An invalid controller id was specified(0x411f)',
    '  Cause: There is no controller CNTLID 77 in the NVM subsystem of /dev/nvme0 (CNTLID 0)',
    expect.stringMatching(
      /^ {2}Fix: Give one of the secondary controllers of \/dev\/nvme0 \(CNTLID 0\): CNTLID /,
    ),
    'bring-up.sh: line 6: nosuch: command not found',
    '',
  ]);
  expect(code).toBe(2);
});

it('what is no script runs not at all', async () => {
  await writeFile(script, 'echo one\nif true; then\n  echo two');
  const { code, out, err } = await berth(twin, '--file', script);
  expect([code, out]).toEqual([2, '']);
  expect(err).toBe('bring-up.sh: line 3: fi is missing before the end\nNothing of the script has run\n');
});

it('binary garbage is refused and says so', async () => {
  await writeFile(script, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff, 0xfe, 0x28, 0x27, 0x00, 0x60]));
  const { code, out, err } = await berth(twin, '--file', script);
  expect([code > 0, out]).toEqual([true, '']);
  expect(err).toMatch(/\w/);
});

it('one line is run without a file, and its messages are as they are', async () => {
  expect(await berth(twin, 'nvme list-secondary /dev/nvme0 | head -1; nosuch')).toEqual({
    code: 2,
    out: 'Identify Secondary Controller List:\n',
    err: 'sh: nosuch: command not found\n',
  });
  expect((await berth(twin, 'true', '--file', script)).code).toBe(2);
});
