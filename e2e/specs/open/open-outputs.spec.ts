import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { packTar } from 'modern-tar';
import { expect, test } from '../../fixtures.ts';
import { answerDialogs } from '../../launch.ts';
import { readFleet } from '../../pages/fleet.ts';
import { OpenDialogPage } from '../../pages/open-dialog.ts';

const outputs = path.join(import.meta.dirname, '../../outputs');

test('a text that is pasted is recognised as it is, says what it lacks, opens, and opens again', async ({
  launch,
}) => {
  const program = await launch();
  const { page } = program;
  const open = new OpenDialogPage(program);
  await open.show();
  await open.dialog.getByRole('button', { name: 'Paste text…' }).press('Enter');
  const box = open.dialog.getByRole('textbox', { name: 'Pasted text' });
  await expect(box).toBeFocused();
  await box.fill('no output at all');
  await expect(open.dialog.getByText(/holds no output that Berth knows/)).toBeVisible();
  await box.fill(await readFile(path.join(outputs, 'nvme-cli/forum-post.txt'), 'utf8'));
  const list = open.dialog.getByRole('list', { name: 'Recognised outputs' });
  await expect(list.getByRole('listitem')).toHaveCount(4);
  await expect(open.dialog.getByText(/^host hv-a · \d+ outputs?$/)).toBeVisible();
  await expect(open.dialog.getByText('nvme list-ns /dev/nvme2 -o json')).toBeVisible();
  await open.dialog.getByRole('button', { name: 'Open', exact: true }).press('Enter');
  await open.finish();
  const fleet = await readFleet(page);
  expect(Object.values(fleet.controllers).map(({ role, cntlid }) => [role, cntlid])).toEqual([
    ['primary', 65],
    ['secondary', 1],
  ]);
  await expect(page.getByRole('note').filter({ hasText: 'read-only' })).toBeVisible();

  await open.show();
  await open.dialog.getByRole('button', { name: /^hv-a · output of/ }).click();
  await open.finish();
});

test('several files of one host are recognised together and open as a twin', async ({ launch }) => {
  const program = await launch();
  const files = ['nvme-cli/list-v-3.0.json', 'nvme-cli/id-ctrl-H.txt', 'other/lspci-vvv.txt'];
  const open = new OpenDialogPage(program);
  await open.show();
  await answerDialogs(program.app, { openMany: files.map((file) => path.join(outputs, file)) });
  await open.dialog.getByRole('button', { name: 'Outputs…' }).click();
  await expect(open.dialog.getByText('lspci-vvv.txt')).toBeVisible();
  await open.dialog.getByRole('radio', { name: 'Simulated twin' }).click();
  await open.dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await open.finish();
  const fleet = await readFleet(program.page);
  expect(fleet.source.simulated).toBe(true);
  const controllers = Object.values(fleet.controllers);
  expect(controllers.filter(({ role }) => role === 'primary')).toMatchObject([{ cntlid: 65, totalVfs: 32 }]);
});

test('the archive of a sos report says what it is, what it lacks, and opens', async ({
  launch,
}, testInfo) => {
  const root = 'sosreport-hv-a-2026-01-01-abcdefg';
  const archive = testInfo.outputPath(`${root}.tar.gz`);
  const file = async (name: string, output: string) => {
    const body = await readFile(path.join(outputs, output));
    return { header: { name: `${root}/${name}`, size: body.length }, body };
  };
  const log = new Uint8Array(20 * 1024 * 1024);
  const tar = await packTar([
    { header: { name: `${root}/var/log/messages`, size: log.length }, body: log },
    await file('sos_commands/nvme/nvme_list-subsys', 'nvme-cli/list-subsys.txt'),
    await file('sos_commands/nvme/nvme_id-ctrl_-H_.dev.nvme0', 'nvme-cli/id-ctrl-H.txt'),
  ]);
  await writeFile(archive, gzipSync(tar));
  const program = await launch();
  const open = new OpenDialogPage(program);
  await open.show();
  await open.chooseArchive(archive);
  await expect(open.dialog.getByText('host hv-a · 3 outputs')).toBeVisible();
  const list = open.dialog.getByRole('list', { name: 'Recognised outputs' });
  await expect(list.getByRole('listitem').first()).toContainText('sos report');
  await expect(list.getByRole('listitem').first()).toContainText('2 files about drives');
  await expect(list.getByRole('listitem').first()).toContainText('1 other passed over');
  await expect(open.dialog.getByText('nvme list-secondary /dev/nvme0 -o json')).toBeVisible();
  await open.dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await open.finish();
  expect(Object.values((await readFleet(program.page)).controllers)).toMatchObject([{ cntlid: 65 }]);
});
