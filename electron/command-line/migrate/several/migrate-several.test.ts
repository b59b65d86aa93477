import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { guestFleet } from '#backend/test-support/guest-fleet.ts';
import { runCommandLine } from '../../testing/run-command-line.ts';

/** A fleet of three guests on hv-a and one on hv-b; `more`: another guest without a controller. */
function fleetFile({ more = false, resources = 40 } = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-several-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = guestFleet({ guests: { 'hv-a': 3, 'hv-b': 1 }, resources });
  const [machine] = file.hosts[0]?.virtualMachines ?? [];
  if (more && machine !== undefined)
    file.hosts[0]?.virtualMachines.push({ ...machine, name: 'bare', devices: [] });
  const place = path.join(folder, 'fleet.json');
  writeFileSync(place, JSON.stringify(file));
  return place;
}

async function migrate(args: readonly string[], isTerminal = false) {
  const answer = await runCommandLine(['migrate', ...args], '', { progress: () => undefined, isTerminal });
  const lines = () =>
    answer.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { ...answer, lines };
}

describe('berth migrate, several in one go', () => {
  it('moves those that are named, each line with its virtual machine', async () => {
    const { code, lines } = await migrate([
      ...[fleetFile(), '--vm', 'a-00', '--vm', 'a-02', '--to', 'hv-b', '--at-once', '2'],
    ]);
    expect(code).toBe(0);
    const all = lines();
    for (const vm of ['a-00', 'a-02']) {
      const own = all.filter((line) => line.vm === vm).map(({ event }) => event);
      expect(new Set(own)).toEqual(new Set(['placement', 'step', 'round', 'end', 'member']));
    }
    expect(all.at(-1)).toMatchObject({ event: 'batch', done: 2, refused: 0, failed: 0 });
  });

  it('evacuates a host, and says by its exit code that one stays', async () => {
    const file = fleetFile({ more: true });
    const { code, lines } = await migrate([file, '--evacuate', 'hv-a']);
    expect(code).toBe(1);
    const refused = lines().find(({ vm }) => vm === 'bare');
    expect(refused).toMatchObject({
      ...{ event: 'placement', to: null },
      refused: { cause: expect.stringContaining('has no secondary controller') },
    });
    expect(lines().at(-1)).toMatchObject({ event: 'batch', title: 'Evacuate hv-a', done: 3 });
    const whole = await migrate([fleetFile(), '--evacuate', 'hv-a'], true);
    expect([whole.code, whole.out]).toEqual([
      0,
      expect.stringMatching(/^a-00: to hv-b\n[\s\S]*Evacuate hv-a: 3 of 3 virtual machines arrived\n$/),
    ]);
  });

  it('only says where they would go with --dry-run', async () => {
    const { code, lines } = await migrate([fleetFile({ resources: 12 }), '--evacuate', 'hv-a', '--dry-run']);
    expect(code).toBe(1);
    expect(lines().map(({ vm, to }) => [vm, to])).toEqual([
      ['a-00', 'hv-b'],
      ['a-01', 'hv-b'],
      ['a-02', null],
    ]);
  });

  it.each([
    [['--vm', 'a-00', '--vm', 'nobody', '--to', 'hv-b'], '--vm'],
    [['--vm', 'a-00', '--vm', 'a-01'], '--to'],
    [['--evacuate', 'nowhere'], '--evacuate'],
    [['--evacuate', 'hv-a', '--at-once', '0'], '--at-once'],
    [['--evacuate', 'hv-a', '--vm', 'a-00'], '--vm'],
    [['--evacuate', 'hv-a', '--report', 'r.html'], '--report'],
  ])('refuses %j by naming the option', async (args, option) => {
    const { code, err } = await migrate([fleetFile(), ...args]);
    expect(code).not.toBe(0);
    expect(err).toContain(option);
  });
});
