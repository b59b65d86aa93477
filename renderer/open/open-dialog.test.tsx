import { act, cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { OpenRequest } from '#shared/ipc/open-request.ts';
import type { Recognition } from '#shared/outputs/recognition.ts';
import { fail, succeed } from '#shared/result.ts';
import { type FakeBridge, installFakeBridge } from '../test-support/fake-bridge.ts';
import { fixtureFleet } from '../test-support/fixture-fleet.ts';
import { OpenDialog } from './open-dialog.tsx';
import { useOpenDraft } from './open-draft.ts';

const { source } = fixtureFleet();
const problem = { source: 'nvme1/id-ctrl.bin', message: 'It has 4,090 bytes.', fix: 'Record it again.' };
const known: Recognition = {
  host: 'hv-a',
  outputs: [
    {
      ...{ title: 'nvme id-ctrl', form: 'text', device: 'nvme0', holds: 'EXAMPLE 1T, CNTLID 65' },
      ...{ file: '', line: 3 },
    },
  ],
  more: 0,
  problems: [
    {
      ...{ source: 'recorded', message: 'Not recorded: the Secondary Controller List of nvme0' },
      tellBy: 'nvme list-secondary /dev/nvme0 -o json',
    },
  ],
  unknownLines: 2,
  refusal: null,
};
const unknown: Recognition = {
  ...{ host: null, outputs: [], more: 0, problems: [], unknownLines: 1 },
  refusal: { message: 'It holds no output that Berth knows.', fix: 'Paste the output of: nvme list' },
};
let bridge: FakeBridge;
let problems: (typeof problem)[];

beforeEach(() => {
  problems = [];
  bridge = installFakeBridge({
    'fleet:sources': () =>
      succeed({
        current: source,
        builtIn: [{ name: 'two-hosts', title: 'Two hosts', description: 'Two hypervisors.' }],
        recent: [],
      }),
    'fleet:capture-snapshots': ({ path }) =>
      /02-sriov-4vf(\.tar\.gz)?$/.test(path)
        ? succeed({ snapshots: ['00-boot', '03-online'], problems: [] })
        : fail('invalid-file', 'There is no snapshot in it.', { object: path, fix: 'Choose a capture.' }),
    'outputs:recognise': (request) =>
      request.kind === 'text'
        ? succeed({ kind: 'outputs', recognition: request.text.includes('nvme') ? known : unknown })
        : request.paths.length > 1
          ? succeed({ kind: 'outputs', recognition: known })
          : succeed({ kind: request.paths[0]?.endsWith('.json') === true ? 'fleet-file' : 'capture' }),
    'fleet:choose': () => succeed({ path: '/captures/02-sriov-4vf.tar.gz' }),
    'fleet:open': (request) =>
      request.kind === 'path' && request.path.endsWith('.json')
        ? fail('invalid-file', 'TotalVFs is 127.', {
            object: request.path,
            field: 'drives[0].vfs',
            fix: 'Use 127.',
          })
        : succeed({ source, problems }),
  });
});

afterEach(cleanup);

const opened = (): OpenRequest[] =>
  bridge.requests
    .filter(({ channel }) => channel === 'fleet:open')
    .map(({ request }) => request as OpenRequest);

it('opens a built-in fleet and closes', async () => {
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  await userEvent.click(await screen.findByRole('button', { name: /Two hosts/ }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(opened()).toEqual([{ kind: 'built-in', name: 'two-hosts' }]);
});

it('lets a dropped capture be opened as a twin, and lists what could not be read', async () => {
  problems = [problem];
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  act(() => useOpenDraft.setState({ paths: ['/captures/02-sriov-4vf'] }));
  await userEvent.click(await screen.findByRole('radio', { name: /Simulated twin/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([
    { kind: 'path', path: '/captures/02-sriov-4vf', snapshot: '00-boot', as: 'twin' },
  ]);
  expect(await screen.findByText('nvme1/id-ctrl.bin')).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
  await userEvent.click(screen.getByRole('button', { name: 'Show what could be read' }));
  expect(onClose).toHaveBeenCalledOnce();
});

it('names file, field and fix when a fleet file is refused, and stays', async () => {
  useOpenDraft.setState({ paths: ['/fleets/bad.json'] });
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('/fleets/bad.json · drives[0].vfs');
  expect(alert.textContent).toContain('Use 127.');
  expect(await screen.findByRole('button', { name: /Two hosts/ })).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

it('leads from the chooser of archives to the choice of a snapshot', async () => {
  render(<OpenDialog onClose={() => {}} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Archive…' }));
  expect(bridge.requests.find(({ channel }) => channel === 'fleet:choose')?.request).toEqual({
    what: 'capture-archive',
  });
  expect(await screen.findByRole('radio', { name: /Simulated twin/ })).toBeTruthy();
});

it('says when a folder is no capture, with nothing to open', async () => {
  useOpenDraft.setState({ paths: ['/home'] });
  render(<OpenDialog onClose={() => {}} />);
  expect((await screen.findByRole('alert')).textContent).toContain('There is no snapshot in it.');
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([]);
  await userEvent.click(screen.getByRole('button', { name: 'Back' }));
  expect(await screen.findByRole('button', { name: 'Folder…' })).toBeTruthy();
});

it('says live what a pasted text is and what it lacks, and opens it as a twin', async () => {
  const onClose = vi.fn();
  render(<OpenDialog onClose={onClose} />);
  await userEvent.click(await screen.findByRole('button', { name: 'Paste text…' }));
  const box = screen.getByRole('textbox', { name: 'Pasted text' });
  fireEvent.change(box, { target: { value: 'hello' } });
  expect(await screen.findByText(/holds no output that Berth knows/)).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([]);
  fireEvent.change(box, { target: { value: '# nvme id-ctrl /dev/nvme0' } });
  const list = await screen.findByRole('list', { name: 'Recognised outputs' });
  expect(list.textContent).toContain('EXAMPLE 1T, CNTLID 65');
  expect(screen.getByText('host hv-a · 1 output')).toBeTruthy();
  expect(screen.getByText('nvme list-secondary /dev/nvme0 -o json')).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Copy commands' })).toBeTruthy();
  await userEvent.click(screen.getByRole('radio', { name: /Simulated twin/ }));
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  await waitFor(() => expect(onClose).toHaveBeenCalledOnce());
  expect(opened()).toEqual([{ kind: 'text', text: '# nvme id-ctrl /dev/nvme0', as: 'twin' }]);
});

it('shows what several dropped files are together, and opens them as one host', async () => {
  useOpenDraft.setState({ paths: ['/a/list.txt', '/a/id-ctrl.json'] });
  render(<OpenDialog onClose={() => {}} />);
  expect(await screen.findByText('EXAMPLE 1T, CNTLID 65')).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'Open' }));
  expect(opened()).toEqual([{ kind: 'paths', paths: ['/a/list.txt', '/a/id-ctrl.json'], as: 'recorded' }]);
});
