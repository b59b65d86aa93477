import type { Result } from '#shared/result.ts';
import type { HostVirtualMachine } from '../../hosts/host-connection.ts';
import { type CommandOutput, printed, refused, refusedWithFix } from '../command-output.ts';
import { refusalOfError } from '../refusal-text.ts';
import type { HostProgram, ProgramCall } from './program.ts';

type Run = (call: ProgramCall, words: readonly string[]) => Promise<CommandOutput>;

const commands: Readonly<Record<string, Run>> = {
  list: async ({ host, args }) => {
    const machines = await host.connection.virtualMachines.list();
    if (!machines.ok) return failed(machines);
    const all = args.includes('--all');
    const shown = machines.value.filter(({ state }) => all || state !== 'stopped');
    if (args.includes('--name')) return printed(shown.map(({ name }) => `${name}\n`).join(''));
    const rows = shown.map(({ name, state }, index) => [
      state === 'stopped' ? '-' : String(index + 1),
      name,
      words(state),
    ]);
    const width = Math.max(4, ...shown.map(({ name }) => name.length));
    const lines = [['Id', 'Name', 'State'], ...rows].map(
      ([id = '', name = '', state = '']) => ` ${id.padEnd(4)} ${name.padEnd(width)}   ${state}\n`,
    );
    return printed(`${lines[0]}${'-'.repeat(width + 20)}\n${lines.slice(1).join('')}`);
  },
  domstate: (call, [name]) => onMachine(call, name, async ({ state }) => printed(`${words(state)}\n\n`)),
  dumpxml: (call, [name]) => onMachine(call, name, async (machine) => printed(machineXml(machine))),
  suspend: (call, [name]) =>
    onMachine(call, name, (machine) =>
      done(call.host.connection.virtualMachines.pause(machine.name), `Domain '${machine.name}' suspended`),
    ),
  resume: (call, [name]) =>
    onMachine(call, name, (machine) =>
      done(call.host.connection.virtualMachines.resume(machine.name), `Domain '${machine.name}' resumed`),
    ),
  'attach-device': (call, [name, file]) => onDevice(call, name, file, 'attach'),
  'detach-device': (call, [name, file]) => onDevice(call, name, file, 'detach'),
  'nodedev-list': async ({ host }) => {
    const addresses = host.sysfs.list('/sys/bus/pci/devices') ?? [];
    return printed(addresses.map((address) => `${nodeName(address)}\n`).join(''));
  },
  'nodedev-detach': (call, [name]) => setDriver(call, name, 'vfio-pci', 'detached'),
  'nodedev-reattach': (call, [name]) => setDriver(call, name, 'nvme', 're-attached'),
};

/** `virsh [-c URI] COMMAND …`: the virtual machines of the simulated host, and its PCI functions as node devices. */
export const virshProgram: HostProgram = async (call) => {
  const given = call.args[0] === '-c' ? call.args.slice(2) : call.args;
  const [name = '', ...more] = given;
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (run === undefined) {
    const known = Object.keys(commands).join(', ');
    return {
      ...refusedWithFix(`error: unknown command: '${name}'`, `Use what the simulated virsh knows: ${known}`),
      misunderstood: true,
    };
  }
  await call.beforeEffect();
  return run(
    call,
    more.filter((word) => !word.startsWith('--')),
  );
};

function failed({ error }: Extract<Result<unknown>, { ok: false }>): CommandOutput {
  return refused(`error: ${error.message}`, 1, '', refusalOfError(error));
}

async function done(result: Promise<Result<void>>, success: string): Promise<CommandOutput> {
  const answer = await result;
  return answer.ok ? printed(`${success}\n\n`) : failed(answer);
}

async function onMachine(
  { host }: ProgramCall,
  name: string | undefined,
  act: (machine: HostVirtualMachine) => Promise<CommandOutput>,
): Promise<CommandOutput> {
  const machines = await host.connection.virtualMachines.list();
  if (!machines.ok) return failed(machines);
  const found = machines.value.find((machine) => machine.name === name);
  if (found !== undefined) return act(found);
  return refused(
    `error: failed to get domain '${name ?? ''}'\nerror: Domain not found: no domain with matching name '${name ?? ''}'`,
  );
}

/** Attaches or detaches the host device that a file names. */
function onDevice(
  call: ProgramCall,
  name: string | undefined,
  file: string | undefined,
  act: 'attach' | 'detach',
): Promise<CommandOutput> {
  const { virtualMachines } = call.host.connection;
  return onMachine(call, name, async (machine) => {
    const address = await addressIn(call, file);
    if (typeof address !== 'string') return address;
    return done(virtualMachines[`${act}Device`](machine.name, address), `Device ${act}ed successfully`);
  });
}

function words(state: HostVirtualMachine['state']): string {
  switch (state) {
    case 'running':
    case 'paused':
      return state;
    case 'stopped':
      return 'shut off';
    case 'incoming':
      return 'paused (migrating)';
  }
}

/** The source address of the host device in a file as `attach-device` takes it. */
async function addressIn(
  { files, cwd }: ProgramCall,
  file: string | undefined,
): Promise<string | CommandOutput> {
  const text = await files.readFile(files.resolvePath(cwd, file ?? '')).catch(() => null);
  if (text === null) return refused(`error: Failed to open file '${file ?? ''}': No such file or directory`);
  const source = /<source>([\s\S]*?)<\/source>/.exec(text)?.[1] ?? '';
  const part = (name: string, digits: number) => {
    const value = new RegExp(`${name}=['"](?:0x)?([0-9a-fA-F]+)['"]`).exec(source)?.[1];
    return value?.toLowerCase().padStart(digits, '0');
  };
  const [domain = '0000', bus, slot, number] = [
    part('domain', 4),
    part('bus', 2),
    part('slot', 2),
    part('function', 1),
  ];
  if (bus !== undefined && slot !== undefined && number !== undefined)
    return `${domain}:${bus}:${slot}.${number}`;
  return refused(`error: ${file} has no <source> with the <address> of a PCI function`);
}

function nodeName(address: string): string {
  return `pci_${address.replace(/[:.]/g, '_')}`;
}

async function setDriver(
  { host }: ProgramCall,
  name: string | undefined,
  driver: 'nvme' | 'vfio-pci',
  success: string,
): Promise<CommandOutput> {
  const address = (host.sysfs.list('/sys/bus/pci/devices') ?? []).find((each) => nodeName(each) === name);
  if (address === undefined)
    return refused(`error: Could not find matching device '${name ?? ''}'\nerror: Node device not found`);
  return done(host.connection.pci.setDriver(address, driver), `Device ${name} ${success}`);
}

function machineXml({ name, vcpus, memoryBytes, devices }: HostVirtualMachine): string {
  const hostDevices = devices.map((address) => {
    const [domain = '', bus = '', slot = '', number = ''] = address.split(/[:.]/);
    return [
      "    <hostdev mode='subsystem' type='pci' managed='yes'>",
      '      <source>',
      `        <address domain='0x${domain}' bus='0x${bus}' slot='0x${slot}' function='0x${number}'/>`,
      '      </source>',
      '    </hostdev>',
    ].join('\n');
  });
  return [
    "<domain type='kvm'>",
    `  <name>${name.replace(/[<&]/g, (character) => (character === '<' ? '&lt;' : '&amp;'))}</name>`,
    `  <memory unit='KiB'>${memoryBytes / 1024}</memory>`,
    `  <vcpu>${vcpus}</vcpu>`,
    '  <devices>',
    ...hostDevices,
    '  </devices>',
    '</domain>',
    '',
    '',
  ].join('\n');
}
