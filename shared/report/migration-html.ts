import { countWords } from '../count-words.ts';
import { forecastInForce } from '../migration/pre-copy/round.ts';
import { copiedFigures } from '../migration/user-data/copied-figures.ts';
import { downtimeBar, memoryChart } from './charts.ts';
import { bytesWords, durationWords } from './format.ts';
import { type Markup, markup } from './markup.ts';
import { code, htmlTable, proposalNote, section } from './page.ts';
import { roundsChart, stunSection, termsTable } from './pre-copy-charts.ts';
import { proofStageWords } from './proof-words.ts';
import type { MigrationPart } from './report-schema.ts';

/** The figures at the top. */
export function migrationFigures(migration: MigrationPart): Markup {
  const { memoryBytes, memorySentBytes, devices } = migration;
  const stateBytes = devices.reduce((sum, device) => sum + device.stateBytes, 0);
  const downtime = migration.downtimeMilliseconds ?? migration.stoodStillMilliseconds;
  const atMost = migration.standstillAtMostMilliseconds;
  const factor = memoryBytes === 0 ? 0 : memorySentBytes / memoryBytes;
  const userData = copiedFigures(migration);
  const figures: readonly (readonly [title: string, value: string, note: string])[] = [
    [
      'Downtime',
      downtime !== undefined && downtime !== null
        ? durationWords(downtime)
        : atMost === undefined
          ? 'not measured'
          : `at most ${durationWords(atMost)}`,
      `forecast ${durationWords(forecastInForce(migration))}`,
    ],
    [
      'Total time',
      migration.totalMilliseconds === null ? 'not ended' : durationWords(migration.totalMilliseconds),
      migration.preCopy === undefined
        ? 'stop and copy'
        : `${countWords(migration.preCopy.rounds.length, 'round')} while the guest went on`,
    ],
    ['Memory sent', bytesWords(memorySentBytes), `of ${bytesWords(memoryBytes)}, ${factor.toFixed(2)} ×`],
    ...(userData === null
      ? []
      : [['User data sent', bytesWords(userData.sentBytes), `of ${bytesWords(userData.bytes)}`] as const]),
    ['Device state', bytesWords(stateBytes), `${countWords(devices.length, 'controller')}`],
  ];
  return markup`<div class="g">${figures.map(
    ([title, value, note]) =>
      markup`<div class="k"><small>${title}</small><b>${value}</b><small>${note}</small></div>`,
  )}</div>
`;
}

export function migrationSections(migration: MigrationPart): Markup[] {
  const sections: Markup[] = [];
  if (migration.downtimePhases.length > 0)
    sections.push(
      section(
        'Where the downtime went',
        markup`${downtimeBar(migration.downtimePhases)}${termsTable(migration)}`,
      ),
    );
  if (migration.memoryLeft.length > 1)
    sections.push(section('Memory left to copy', memoryChart(migration.memoryLeft)));
  if (migration.preCopy !== undefined)
    sections.push(section('Copied while the guest went on', copiedPart(migration, migration.preCopy)));
  sections.push(section('What was moved', moved(migration)));
  const { userData } = migration;
  if (userData !== undefined && userData.length > 0)
    sections.push(section('User data that was copied', userDataPart(migration, userData)));
  if (migration.proof.length > 0) sections.push(section('Proof', proof(migration)));
  if (migration.checks.length > 0) sections.push(section('Checks, as acknowledged', checks(migration)));
  return sections;
}

/** The chart, what the switch-over would have been over other links, and each round. */
function copiedPart(migration: MigrationPart, copied: NonNullable<MigrationPart['preCopy']>): Markup {
  const { downtimeBudgetMilliseconds: budget, memoryMilliseconds: startMilliseconds } = migration;
  return markup`${copied.rounds.length === 0 ? null : roundsChart(copied, { budget, startMilliseconds })}
${rounds(copied)}
${stunSection(migration)}`;
}

/** Each round as it was measured, and why the guest was stopped when it was. */
function rounds({ rounds: all, reason, totalSentBytes }: NonNullable<MigrationPart['preCopy']>): Markup {
  const copiesUserData = all.some((round) => round.userDataSentBytes !== undefined);
  const rows = all.map((round) => [
    String(round.number),
    durationWords(round.milliseconds),
    bytesWords(round.sentBytes),
    `${bytesWords(Math.round(round.bytesPerSecond))}/s`,
    `${bytesWords(Math.round(round.dirtyBytesPerSecond))}/s`,
    bytesWords(round.leftBytes),
    `${durationWords(round.downtimeForecastMilliseconds)} of ${durationWords(round.allowedMilliseconds)}`,
    round.throttlePercent === 0 ? '' : `${round.throttlePercent} %`,
    ...(copiesUserData
      ? [bytesWords(round.userDataSentBytes ?? 0), bytesWords(round.userDataLeftBytes ?? 0)]
      : []),
  ]);
  return markup`${htmlTable(
    [
      ...[{ title: 'Round' }, { title: 'Time' }, { title: 'Sent' }, { title: 'Rate' }, { title: 'Written' }],
      ...[{ title: 'Left' }, { title: 'Forecast, of allowed' }, { title: 'Throttled' }],
      ...(copiesUserData ? [{ title: 'User data sent' }, { title: 'User data left' }] : []),
    ],
    rows,
  )}
<p class="m">${bytesWords(totalSentBytes)} sent in all rounds.${reason === '' ? '' : ` ${capitalised(reason)}.`}</p>
`;
}

function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

function moved({ devices, sourceHost, destinationHost }: MigrationPart): Markup {
  const rows = devices.map((device) => [
    device.virtualControllerId === null ? '' : String(device.virtualControllerId),
    code(device.source),
    code(device.destination),
    `${device.vq ?? '–'} / ${device.vi ?? '–'}`,
    device.namespaces.map((nsid) => `n${nsid}`).join(', '),
    stateWords(device),
  ]);
  const names = [...new Set(devices.map((device) => device.virtualNqn))].filter((nqn) => nqn !== '');
  return markup`${htmlTable(
    [
      { title: 'Virtual id' },
      { title: `from ${sourceHost}` },
      { title: `to ${destinationHost}` },
      { title: 'VQ / VI', unbroken: true },
      { title: 'Namespaces' },
      { title: 'State, SHA-256' },
    ],
    rows,
  )}
${names.map((nqn) => markup`<p class="small">Virtual subsystem ${code(nqn)}</p>`)}
${names.length > 0 ? proposalNote : null}`;
}

/** The digests in full: shortened ones would prove nothing on paper. */
function stateWords(device: MigrationPart['devices'][number]): Markup | string {
  const { sourceStateSha256: source, destinationStateSha256: destination } = device;
  if (source === '') return 'not read';
  if (destination === '') return markup`${code(source)} at the source`;
  if (source === destination)
    return markup`<span class="ok">equal</span> ${code(source)}, ${bytesWords(device.stateBytes)}`;
  return markup`<span class="no">different</span> ${code(source)} and ${code(destination)}`;
}

/** Each namespace with the digests of both sides in full, and how much of it was sent when. */
function userDataPart(migration: MigrationPart, userData: NonNullable<MigrationPart['userData']>): Markup {
  const { devices, sourceHost, destinationHost, preCopy } = migration;
  const rows = userData.map(({ sourceId, nsid, destinationNsid, bytes, sentBytes, checksum, arrived }) => [
    code(devices.find((device) => device.sourceId === sourceId)?.source ?? sourceId),
    `${nsid} to ${destinationNsid}`,
    bytesWords(bytes),
    bytesWords(sentBytes),
    checksum === arrived
      ? markup`<span class="ok">equal</span> ${code(checksum)}`
      : markup`<span class="no">different</span> ${code(checksum)} and ${code(arrived)}`,
  ]);
  const before = preCopy?.userData;
  return markup`${htmlTable(
    [
      ...[
        { title: `Controller of ${sourceHost}` },
        { title: `NSID, to ${destinationHost}` },
        { title: 'Size' },
      ],
      ...[{ title: 'Sent while the guest stood still' }, { title: 'Digest of the contents' }],
    ],
    rows,
  )}
${before === undefined ? null : markup`<p class="m">${bytesWords(before.sentBytes)} sent in ${countWords(preCopy?.rounds.length ?? 0, 'round')} while the guest went on; the log of what it changed ${brokeOffWords(before.queues)}.</p>`}`;
}

function brokeOffWords(queues: readonly { readonly brokeOff: number }[]): string {
  const times = queues.reduce((sum, { brokeOff }) => sum + brokeOff, 0);
  return times === 0
    ? 'did not break off'
    : `broke off ${countWords(times, 'time')}, and all was copied again`;
}

function checks({ checks: all }: MigrationPart): Markup {
  const noted = all.filter((check) => check.verdict !== 'passed');
  const passed = all.filter((check) => check.verdict === 'passed');
  const rows = [...noted, ...passed].map((check) => [check.title, verdict(check), check.evidence]);
  return markup`<p class="m">${passed.length} passed, ${noted.length} with a warning.</p>
${htmlTable([{ title: 'Check' }, { title: 'Result' }, { title: 'Evidence' }], rows)}`;
}

function verdict(check: MigrationPart['checks'][number]): Markup {
  if (check.verdict === 'passed') return markup`<span class="ok">passed</span>`;
  if (check.verdict === 'error') return markup`<span class="no">error</span>`;
  return check.acknowledged
    ? markup`<span class="warn">warning, acknowledged</span>`
    : markup`<span class="warn">warning, not acknowledged</span>`;
}

function proof({ proof: lines, unproven, evidence, sourceHost, destinationHost }: MigrationPart): Markup {
  const rows = lines.map((line) => [
    proofStageWords(line.stage),
    line.what,
    line.equal ? markup`<span class="ok">holds</span>` : markup`<span class="no">does not hold</span>`,
    code(line.source),
    code(line.destination),
  ]);
  return markup`${htmlTable(
    [
      ...[{ title: 'When' }, { title: 'What' }, { title: 'Proof' }],
      ...[{ title: `${sourceHost}, as saved` }, { title: destinationHost }],
    ],
    rows,
  )}
${evidence === undefined ? null : markup`<p class="small">Evidence of ${countWords(evidence.stages.length, 'stage')}, SHA-256 ${code(evidence.sha256)}. The JSON report has all of it; <code>berth verify REPORT.json</code> recomputes this.</p>`}
${unproven.length === 0 ? null : markup`<p class="m">What this proof cannot see:</p><ul>${unproven.map((line) => markup`<li>${line}</li>`)}</ul>`}`;
}
