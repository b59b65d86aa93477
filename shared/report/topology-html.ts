import { countWords } from '../count-words.ts';
import { bytesWords, periodWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { code, htmlTable, proposalNote, section } from './page.ts';
import type { TopologyReport } from './report-schema.ts';

type HostPart = TopologyReport['hosts'][number];
type ControllerPart = HostPart['controllers'][number];
type Budget = NonNullable<ControllerPart['vq']>;

/** The body of the topology's report. */
export function topologyBody(report: TopologyReport): Markup {
  const primaries = report.hosts.flatMap((host) => host.controllers);
  const secondaries = primaries.reduce((sum, controller) => sum + controller.secondaries.length, 0);
  return markup`<div class="m">${periodWords(report.madeAt, null)} · Berth ${report.programVersion}</div>
<div class="out good">${countWords(report.hosts.length, 'host')}, ${countWords(primaries.length, 'primary or plain controller')}, ${countWords(secondaries, 'secondary controller')}, ${countWords(report.namespaces.length, 'namespace')}.</div>
${report.hosts.map((host) => section(`Host ${host.name}`, hostBody(host)))}
${section('Namespaces', namespaces(report))}
${report.problems.length === 0 ? null : section('Could not be read', problems(report))}`;
}

function hostBody(host: HostPart): Markup {
  const facts = [
    host.kernel && `kernel ${host.kernel}`,
    host.qemu && `QEMU ${host.qemu}`,
    host.iommu && `IOMMU ${host.iommu}`,
    host.pageSize > 0 ? `pages of ${bytesWords(host.pageSize)}` : '',
  ].filter((fact) => fact !== '');
  const machines = host.virtualMachines.map((machine) => [
    machine.name,
    machine.state,
    bytesWords(machine.memoryBytes),
    machine.devices.join(', '),
  ]);
  return markup`<p class="m">${facts.join(' · ')}</p>
${host.lacks.map((lack) => markup`<p class="small">${lack}</p>`)}
${
  machines.length === 0
    ? null
    : htmlTable(
        [{ title: 'Virtual machine' }, { title: 'State' }, { title: 'Memory' }, { title: 'Controllers' }],
        machines,
      )
}
${host.controllers.map(controllerBody)}`;
}

function controllerBody(controller: ControllerPart): Markup {
  const { secondaries, virtualSubsystems } = controller;
  const rows = secondaries.map((secondary) => [
    secondary.title,
    secondary.cntlid === null ? 'not known' : code(`0x${secondary.cntlid.toString(16).padStart(4, '0')}`),
    code(secondary.address),
    secondary.state,
    secondary.vq === null || secondary.vi === null ? 'not known' : `${secondary.vq} / ${secondary.vi}`,
    secondary.namespaces.join(', '),
  ]);
  return markup`<h3>${controller.title} · ${controller.role === 'primary' ? 'primary controller' : 'controller'} ${controller.address}</h3>
<p class="small">${controller.modelNumber} · SN ${controller.serialNumber} · FR ${controller.firmwareRevision} · ${code(controller.subsystemNqn)}</p>
<p class="small">${[budgetWords('VQ', controller.vq), budgetWords('VI', controller.vi), controller.resources ?? ''].filter((words) => words !== '').join(' · ')}</p>
${abilities(controller)}
${virtualSubsystems.map(
  ({ nqn, primaryVirtualId, state, members }) =>
    markup`<p class="small">Virtual subsystem ${code(nqn)}, ${state}: ${[
      `primary as ${primaryVirtualId}`,
      ...members.map((member) => `${member.controller} as ${member.virtualControllerId}`),
    ].join(', ')}</p>`,
)}
${virtualSubsystems.length === 0 ? null : proposalNote}
${
  rows.length === 0
    ? null
    : htmlTable(
        [
          { title: 'Secondary', unbroken: true },
          { title: 'CNTLID' },
          { title: 'Address', unbroken: true },
          { title: 'State' },
          { title: 'VQ / VI', unbroken: true },
          { title: 'Namespaces' },
        ],
        rows,
      )
}`;
}

function abilities({ abilities: list }: ControllerPart): Markup {
  const words = { yes: 'yes', no: 'no', unknown: 'not known' } as const;
  return htmlTable(
    [{ title: 'What the device can do', unbroken: true }, { title: 'Able' }, { title: 'Why' }],
    list.map(({ title, verdict, reason }) => [title, words[verdict], reason]),
  );
}

function budgetWords(name: string, budget: Budget | null): string {
  if (budget === null) return '';
  return `${name}: ${budget.total} flexible, secondaries ${budget.secondaries}, primary ${budget.primary}, free ${budget.free}`;
}

function namespaces(report: TopologyReport): Markup {
  const rows = report.namespaces.map((namespace) => [
    String(namespace.nsid),
    code(namespace.subsystemNqn),
    bytesWords(Number(namespace.sizeBytes)),
    String(namespace.blockSize),
    namespace.shared ? 'shared' : 'private',
    code(namespace.identifiers),
  ]);
  return htmlTable(
    [
      { title: 'NSID', numeric: true },
      { title: 'Subsystem' },
      { title: 'Size', numeric: true },
      { title: 'Block', numeric: true },
      { title: 'Sharing' },
      { title: 'Identifiers' },
    ],
    rows,
  );
}

function problems(report: TopologyReport): Markup {
  return htmlTable(
    [{ title: 'What' }, { title: 'Why' }],
    report.problems.map((problem) => [code(problem.source), problem.message]),
  );
}
