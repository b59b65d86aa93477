import { expect } from 'vitest';
import {
  createWorld,
  fleetInput,
  plainInput,
  primaryInput,
  type World,
} from '../../hosts/simulated/testing/test-kit.ts';
import type { CommandOutput } from '../command-output.ts';
import { openShell } from '../host-shell/open-shell.ts';
import { runLine } from '../host-shell/run-line.ts';
import type { Shell } from '../host-shell/shell.ts';
import { createSimulatedConsole } from '../simulated-console.ts';

export const pf = '/sys/bus/pci/devices/0000:01:00.0';
export const vf = '/sys/bus/pci/devices/0000:01:00.1';
const shells: Shell[] = [];

/** After each test. */
export function closeShells(): void {
  for (const shell of shells.splice(0)) shell.close();
}

export type SubsystemChanges = Parameters<typeof fleetInput>[0];

/** `machines`: functions that a virtual machine uses. */
export async function openConsole(changes: SubsystemChanges = {}, machines: readonly string[] = []) {
  const input = fleetInput(changes);
  const [host] = input.hosts;
  if (host !== undefined && machines.length > 0)
    host.virtualMachines = [
      { name: 'db', vcpus: 1, memoryBytes: 1 << 30, state: 'stopped', devices: [...machines] },
    ];
  const world = createWorld(input);
  const shell = await openShell(createSimulatedConsole(world.host('one'), { sleep: passing(world) }));
  shells.push(shell);
  return (line: string) => runLine(shell, line);
}

function passing({ clock }: World) {
  return async (milliseconds: number) => clock.advance(milliseconds);
}

type Run = (line: string) => Promise<CommandOutput>;

export const disabled = {
  controllers: [primaryInput({ sriov: { totalVfs: 4, numVfs: 0, driversAutoprobe: false } }), plainInput],
};
export const twoEnabled = {
  controllers: [primaryInput({ sriov: { totalVfs: 4, numVfs: 2, driversAutoprobe: false } }), plainInput],
};
/** As QEMU begins: the primary has all flexible resources. */
export const heldByPrimary = {
  controllers: [
    primaryInput({
      sriov: { totalVfs: 4, numVfs: 0, driversAutoprobe: false },
      vq: { kind: 'flexible', total: 16, secondaryMaximum: 6, privateToPrimary: 3, allocatedToPrimary: 16 },
      vi: { kind: 'flexible', total: 8, secondaryMaximum: 4, privateToPrimary: 2, allocatedToPrimary: 8 },
    }),
    plainInput,
  ],
};

/** Follows what is said until the line succeeds or has to change itself; answers how often it was refused. */
export async function follow(
  run: Run,
  line: string,
): Promise<{ readonly refusals: number; readonly output: CommandOutput }> {
  const said = new Set<string>();
  for (let refusals = 0; ; refusals++) {
    const output = await run(line);
    const [refusal] = output.refusals ?? [];
    if (output.exit === 0) {
      expect(output.refusals ?? []).toEqual([]);
      return { refusals, output };
    }
    const words = output.stderr + new TextDecoder().decode(output.stdout);
    expect(output.refusals, `${line}\n${words}`).toHaveLength(1);
    expect(refusal?.cause, words).toMatch(/\S/);
    expect(refusal?.fix, words).toMatch(/\S/);
    if (refusal === undefined || refusal.lines.length === 0) return { refusals: refusals + 1, output };
    // What was done against a cause did away with it.
    expect([...said]).not.toContain(refusal.cause);
    said.add(refusal.cause);
    for (const step of refusal.lines) {
      const done = await run(step);
      expect({ line, cause: refusal.cause, step, exit: done.exit, stderr: done.stderr }).toMatchObject({
        exit: 0,
      });
    }
  }
}
