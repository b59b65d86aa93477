import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { twoHosts } from '#backend/hosts/simulated/built-in/two-hosts.ts';
import type { FleetFile } from '#shared/fleet-file/schema.ts';
import { expect, test } from '../fixtures.ts';
import { copyOfCapture, temporaryFolder } from '../launch.ts';
import { readFleet } from '../pages/fleet.ts';
import { OpenDialogPage } from '../pages/open-dialog.ts';
import { TopologyPage } from '../pages/topology.ts';

let folder = '';

test.beforeEach(async () => {
  folder = await temporaryFolder();
});
test.afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

type Writable<T> = T extends object ? { -readonly [Key in keyof T]: Writable<T[Key]> } : T;

/** The dual-ported drive of the built-in fleet, whose first primary has flexible resources. */
function drive(file: Writable<FleetFile>) {
  const subsystem = file.subsystems[1];
  const [first, second] = subsystem?.controllers ?? [];
  if (subsystem === undefined || first?.role !== 'primary' || second === undefined)
    throw new Error('The built-in fleet is no longer as this test knows it.');
  return { subsystem, first, second };
}

/** One impossible number each, with the field and the words that the error must name. */
const impossible: readonly {
  readonly what: string;
  readonly spoil: (file: Writable<FleetFile>) => void;
  readonly field: string;
  readonly words: RegExp;
  readonly fix: string;
}[] = [
  {
    what: 'more VFs than TotalVFs',
    spoil: (file) => {
      drive(file).first.sriov.numVfs = 65;
    },
    field: 'subsystems[1].controllers[0].sriov.numVfs',
    words: /65 virtual functions are more than TotalVFs \(64\)/,
    fix: 'Write at most 64',
  },
  {
    what: 'more resources than the pool',
    spoil: (file) => {
      for (const secondary of drive(file).first.secondaries) secondary.vq = 16;
      const { vq } = drive(file).first;
      if (vq.kind === 'flexible') vq.total = 40;
    },
    field: 'subsystems[1].controllers[0]',
    words: /40/,
    fix: 'Assign fewer, or enlarge the pool',
  },
  {
    what: 'a CNTLID twice',
    spoil: (file) => {
      drive(file).second.cntlid = 0x41;
    },
    field: 'subsystems[1].controllers[1].cntlid',
    words: /65 is used twice/,
    fix: 'Give each its own',
  },
  {
    what: 'an NQN of 224 bytes',
    spoil: (file) => {
      drive(file).subsystem.nqn = `nqn.2026-11.io.berth:${'x'.repeat(203)}`;
    },
    field: 'subsystems[1].nqn',
    words: /224 bytes.*223/s,
    fix: 'Use at most 223 bytes of UTF-8',
  },
  {
    what: 'a missing field',
    spoil: (file) => {
      delete (drive(file).first as Partial<ReturnType<typeof drive>['first']>).address;
    },
    field: 'subsystems[1].controllers[0].address',
    words: /address/,
    fix: 'Write a value as the message says',
  },
];

test('fleet files with impossible numbers are refused by file, field and fix', async ({ launch }) => {
  const program = await launch();
  const start = await readFleet(program.page);
  const open = new OpenDialogPage(program);
  await open.show();
  for (const { what, spoil, field, words, fix } of impossible) {
    await test.step(what, async () => {
      const file = twoHosts.build() as Writable<FleetFile>;
      spoil(file);
      const name = `${what.replaceAll(' ', '-')}.json`;
      await writeFile(path.join(folder, name), JSON.stringify(file));
      await open.chooseFleetFile(path.join(folder, name));
      const refusal = open.dialog.getByRole('alert').filter({ hasText: name });
      await expect(refusal).toContainText(field);
      await expect(refusal).toContainText(words);
      // The last line is what to do about it.
      await expect(refusal.getByRole('listitem').last()).toHaveText(fix);
    });
  }
  expect(await readFleet(program.page)).toEqual(start);
});

test('a file that is not JSON and a folder that is not a capture are refused', async ({ launch }) => {
  const program = await launch();
  const open = new OpenDialogPage(program);
  const broken = path.join(folder, 'half.json');
  await writeFile(broken, JSON.stringify(twoHosts.build()).slice(0, 1000));
  await open.show();
  await open.chooseFleetFile(broken);
  await expect(open.dialog.getByRole('alert')).toContainText('half.json');
  await expect(open.dialog.getByRole('alert')).toContainText(/repair the JSON/);

  const foreign = path.join(folder, 'holiday');
  await mkdir(foreign);
  await writeFile(path.join(foreign, 'beach.jpg'), 'no picture');
  await open.chooseCapture(foreign);
  await expect(open.dialog.getByRole('alert')).toContainText(/not a capture/i);
  await expect(open.dialog.getByRole('alert')).toContainText('holiday');
  await expect(open.dialog.getByRole('button', { name: 'Open', exact: true })).toBeDisabled();
});

test('of a truncated capture is shown what can be read, and listed what cannot', async ({ launch }) => {
  const copy = await copyOfCapture('02-sriov-4vf', folder);
  const snapshot = path.join(copy, '02-two-online');
  const secondaries = path.join(snapshot, 'nvme0/list-secondary.json');
  await truncate(secondaries, Math.floor((await readFile(secondaries)).length / 2));
  await truncate(path.join(snapshot, 'nvme0/cns15.bin'), 100);
  await truncate(path.join(snapshot, 'nvme1/id-ctrl.bin'), 100);

  const program = await launch();
  const { page } = program;
  const open = new OpenDialogPage(program);
  await open.show();
  await open.chooseCapture(copy);
  await open.openSnapshot('02-two-online', 'Captured host');
  await expect(page.getByRole('dialog', { name: /is open, with parts missing/ })).toBeVisible();
  const unreadable = open.dialog.getByRole('listitem');
  for (const file of ['nvme0/list-secondary.json', 'nvme0/cns15.bin', 'nvme1/id-ctrl.bin'])
    await expect(unreadable.filter({ hasText: file }).first()).toBeVisible();
  await open.finish();

  const topology = new TopologyPage(page);
  await expect(topology.item('Primary controller 02-sriov-4vf/nvme0')).toBeVisible();
  await expect(page.getByRole('button', { name: /\d+ warnings?/ })).toBeVisible();
  await page.getByRole('button', { name: /\d+ warnings?/ }).click();
  await expect(page.getByRole('dialog', { name: 'Errors and warnings' })).toContainText(
    'list-secondary.json',
  );
});
