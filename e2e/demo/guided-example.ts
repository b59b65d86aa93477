import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { answerDialogs, launchProgram, type Program, setTheme, temporaryFolder } from '../launch.ts';
import { lastRun, request } from '../pages/fleet.ts';
import { FramePage } from '../pages/frame.ts';
import { TopologyPage } from '../pages/topology.ts';
import { WizardPage } from '../pages/wizard.ts';
import { Album } from './album.ts';

const root = path.resolve(import.meta.dirname, '../..');
const size = { width: 1440, height: 900 };

/** The main job, done by the program itself on the built-in fleet `two-hosts`, with a picture of each stage. */
test('guided example', async () => {
  const folder = process.env.BERTH_DEMO_OUTPUT ?? (await temporaryFolder());
  await mkdir(folder, { recursive: true });
  const program = await launchProgram({ size, theme: 'dark' });
  const album = new Album(program, folder, process.env.BERTH_PICTURES);
  try {
    await see(program, album);
    await assign(program.page, album);
    await lookAtVirtualSubsystem(program.page, album);
    await migrate(program.page, album);
    await report(program, album, folder);
    await writeFile(path.join(folder, 'README.md'), album.index());
  } finally {
    await program.close();
  }
  expect(program.complaints).toEqual([]);
  console.log(
    `Guided example: ${album.count} pictures and the report are in ${path.relative(root, folder) || '.'}`,
  );
});

async function see({ page }: Program, album: Album): Promise<void> {
  const topology = new TopologyPage(page);
  await topology.click(topology.item('VF 3 of hv-a/nvme1'));
  await expect(page.getByRole('complementary', { name: 'Inspector' })).toContainText('VF 3');
  // Away from the scene, where it would show a card.
  await page.mouse.move(size.width / 2, 20);
  await album.take(
    'topology',
    'Two hypervisors with their virtual machines, virtual subsystems, NVM subsystems, primary and secondary controllers and namespaces. VF 3 is selected; the inspector shows what it is and what its guest sees.',
    {
      themes: ['dark', 'light'],
      docs: { dark: 'topology-dark', light: 'topology-light' },
    },
  );
  await topology.show('List');
  await album.take('list', 'The same fleet and the same selection as a list.', { docs: { dark: 'list' } });
  await topology.show('Graph');
}

async function assign(page: Page, album: Album): Promise<void> {
  const topology = new TopologyPage(page);
  const frame = new FramePage(page);
  const secondary = topology.item('VF 5 of hv-a/nvme1');
  await topology.drag(secondary, topology.item('Virtual subsystem my_v_nqn_1 on hv-a'), () =>
    album.take(
      'drag',
      'A free secondary controller is dragged: legal targets light up and say what the drop will do, the others say why not.',
      {
        docs: { dark: 'assignment' },
      },
    ),
  );
  await expect(page.getByRole('list', { name: 'Steps' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply' })).toBeEnabled();
  await album.take(
    'assignment',
    'The drop became a procedure. Its steps and their command lines show before anything runs.',
    {
      themes: ['dark', 'light'],
    },
  );
  await frame.apply();
  await expect(secondary).toHaveAccessibleName(/Online · in my_v_nqn_1/);
  await expect(frame.notice(/steps done and read back/)).toBeVisible();
  await album.take(
    'assigned',
    'Every step was read back from the device. The notice offers Undo; the dock lists the admin commands.',
  );
}

async function lookAtVirtualSubsystem(page: Page, album: Album): Promise<void> {
  const frame = new FramePage(page);
  await frame
    .notice(/steps done and read back/)
    .getByRole('button', { name: 'Dismiss' })
    .click();
  await frame.goTo('Virtual subsystems');
  await page
    .getByRole('navigation', { name: 'Virtual subsystems' })
    .getByRole('button', { name: /my_v_nqn_1/ })
    .click();
  await expect(page.getByRole('table', { name: 'Guest view' })).toBeVisible();
  await album.take(
    'virtual-subsystem',
    'The virtual subsystem over all hosts, and Identify Controller as the guest of a member reads it, beside what the drive answers.',
    {
      themes: ['dark', 'light'],
      docs: { dark: 'virtual-subsystems' },
    },
  );
  await frame.goTo('Topology');
}

async function migrate(page: Page, album: Album): Promise<void> {
  const wizard = new WizardPage(page);
  await wizard.open();
  await wizard.choose('Virtual machine', 'db-primary');
  await album.take('wizard-source', 'Migration, step 1: which virtual machine moves.');
  await wizard.next('Destination');
  await wizard.choose('Destination host', 'hv-b');
  await album.take(
    'wizard-destination',
    'Step 2: where to. Hosts that cannot take it stay in the list with the reason.',
  );
  await wizard.next('Mapping');
  await expect(wizard.strip.getByText(/\d+ passed/)).toBeVisible();
  await album.take(
    'wizard-mapping',
    'Step 3: which secondary controllers and namespaces stand in at the destination.',
  );
  await wizard.next('Checks');
  await album.take(
    'wizard-checks',
    'Step 4: every check with its evidence. All of them run on every change.',
    {
      themes: ['dark', 'light'],
      docs: { dark: 'wizard-checks' },
    },
  );
  await wizard.next('Options');
  await page.getByRole('checkbox', { name: /Hold before the switch-over/ }).check();
  await album.take(
    'wizard-options',
    'Step 5: how it copies while the guest goes on, the downtime budget, and what becomes of the source.',
  );
  await wizard.next('Review');
  await wizard.acknowledge();
  await expect(page.getByRole('list', { name: 'Steps' })).toBeVisible();
  await album.take(
    'wizard-review',
    'Step 6: all choices and the whole plan as steps and commands. No changes yet.',
  );
  await wizard.migrate();
  await expect(page.getByRole('progressbar', { name: 'Overall progress of the migration' })).toBeVisible();
  // On a slow machine the devices alone may take longer than the budget; it waits all the same.
  await expect(page.getByText(/it waits for (you|your decision)/)).toBeVisible();
  await album.take(
    'run',
    'The migration while its guest goes on: what it would stand still for by round, VFIO states on both hosts, held until you say go.',
    {
      docs: { dark: 'run' },
    },
  );
  await page.getByRole('button', { name: /^(?:Go now|Pause and finish) \(/ }).click();
  await wizard.expectResult('db-primary moved from hv-a to hv-b');
  await album.take(
    'result',
    'The result: measured downtime by phase beside the forecast, and the proof that both sides were read again and compared.',
    {
      themes: ['dark', 'light'],
      docs: { dark: 'result' },
    },
  );
}

async function report({ app, page }: Program, album: Album, folder: string): Promise<void> {
  const frame = new FramePage(page);
  for (const format of ['HTML', 'JSON'] as const) {
    const file = path.join(folder, `report.${format.toLowerCase()}`);
    await answerDialogs(app, { save: file });
    await page.getByRole('button', { name: `Export ${format}…` }).click();
    await expect(frame.notice(file)).toBeVisible();
    await frame.notice(file).getByRole('button', { name: 'Dismiss' }).click();
    album.note(
      path.basename(file),
      format === 'HTML'
        ? 'The report of the migration: self-contained, printable.'
        : 'The same report as data.',
    );
  }
  const run = await lastRun(page);
  await frame.goTo('History');
  await page
    .getByRole('navigation', { name: 'Procedures' })
    .getByRole('button', { name: run.plan.title })
    .click();
  await album.take(
    'history',
    'Every procedure with its steps, what was read back, and Undo where it can be undone.',
  );
  await frame.goTo('Reports');
  await page
    .getByRole('navigation', { name: 'Reports' })
    .getByRole('button', { name: run.plan.title })
    .click();
  await expect(page.getByRole('region', { name: 'Preview' })).toBeVisible();
  await album.take('report', 'The report inside the program, as it is exported.', {
    themes: ['dark', 'light'],
    docs: { light: 'report' },
  });
  await frame.goTo('Topology');
  await setTheme(app, 'dark');
  const { text } = await request(page, 'report:render', { subject: { kind: 'topology' }, format: 'html' });
  await writeFile(path.join(folder, 'topology.html'), text);
  album.note('topology.html', 'The report of the topology as it is after the migration.');
  await album.take(
    'afterwards',
    'The topology afterwards: db-primary runs on hv-b, its former controllers on hv-a are free.',
  );
}
