import { logPageIdentifiers } from '#shared/nvme/commands/get-log-page.ts';
import { namedValueTitle } from '#shared/nvme/commands/named-value.ts';
import { sanitizeActions as actions, sanitize as definition } from '#shared/nvme/commands/sanitize.ts';
import {
  decodeSanitizeStatus,
  type SanitizeStatus,
  sanitizeStatusLength,
} from '#shared/nvme/layouts/logs/sanitize-status.ts';
import { type NvmeCliObject, printNvmeCliJson } from '#shared/nvme/nvme-cli/nvme-cli-text.ts';
import type { AskedController } from '../../nvme/ask-controller.ts';
import { type CommandOutput, printed, refused } from '../command-output.ts';
import { format, humanReadable, ignoreShutdown, raw } from '../grammar/common-options.ts';
import { option } from '../grammar/define-option.ts';
import type { CommandSpec } from '../grammar/option-spec.ts';
import { printfHexadecimal } from '../print/print-lists.ts';
import { exchange } from './admin-exchange.ts';
import { defineCommands, type TypedCommand } from './define-commands.ts';
import { readLogPage } from './read-log-page.ts';

/** Actions as nvme-cli takes them too. */
const actionWords = {
  'exit-failure': actions.exitFailureMode.value,
  'start-block-erase': actions.blockErase.value,
  'start-overwrite': actions.overwrite.value,
  'start-crypto-erase': actions.cryptoErase.value,
  'exit-media-verification': actions.exitMediaVerification.value,
};

const specs = {
  'sanitize-log': {
    name: 'sanitize-log',
    summary: 'Show Sanitize Status (log page 81h)',
    device: 'operand',
    options: [option('rae', 'r', 'flag', 'Retain the asynchronous event'), format, humanReadable, raw],
  },
  sanitize: {
    name: 'sanitize',
    summary: 'Erase all user data of the NVM subsystem',
    device: 'operand',
    options: [
      option('no-dealloc', 'd', 'flag', 'No deallocation afterwards'),
      option('oipbp', 'i', 'flag', 'Overwrite: invert the pattern between passes'),
      option('owpass', 'n', 'byte', 'Overwrite: passes, 0 for 16'),
      option('ause', 'u', 'flag', 'Allow an unrestricted exit after a failure'),
      option(
        'sanact',
        'a',
        'byte',
        'Action: 1 exit failure mode, 2 block erase, 3 overwrite, 4 crypto erase, 5 exit media verification',
        { words: { since: '2.3', numbers: actionWords } },
      ),
      option('ovrpat', 'p', 'word', 'Overwrite: pattern'),
      ignoreShutdown,
    ],
  },
} as const satisfies Readonly<Record<string, CommandSpec>>;

type Named<Name extends keyof typeof specs> = TypedCommand<Name, (typeof specs)[Name]>;

const largestPasses = 15;

/** `nvme sanitize`: refuses what nvme-cli refuses before it sends anything. */
async function sanitize(queue: AskedController, command: Named<'sanitize'>): Promise<CommandOutput> {
  const { values } = command;
  const { sanact = 0, owpass = 0, ovrpat = 0 } = values;
  if (namedValueTitle(actions, sanact) === undefined) return refused('Invalid Sanitize Action');
  if ((values.ause || values['no-dealloc']) && sanact === actions.exitFailureMode.value)
    return refused('SANACT is Exit Failure Mode');
  if ((values.ause || values['no-dealloc']) && sanact === actions.exitMediaVerification.value)
    return refused('SANACT is Exit Media Verification State');
  if (sanact === actions.overwrite.value && owpass > largestPasses)
    return refused('OWPASS out of range [0-15]');
  if (sanact !== actions.overwrite.value && (owpass > 0 || values.oipbp || ovrpat > 0))
    return refused('SANACT is not Overwrite');
  const answer = await exchange(
    queue,
    definition.encode({
      sanact,
      ause: values.ause === true,
      owpass,
      oipbp: values.oipbp === true,
      ndas: values['no-dealloc'] === true,
      ovrpat,
    }),
    { subject: 'sanitize', version: command.version, json: false },
  );
  return answer.ok ? printed('') : answer.output;
}

/** `nvme sanitize-log` */
async function sanitizeLog(queue: AskedController, command: Named<'sanitize-log'>): Promise<CommandOutput> {
  const { values, version, device } = command;
  const answer = await readLogPage(
    queue,
    {
      lid: logPageIdentifiers.sanitizeStatus.value,
      length: sanitizeStatusLength,
      retain: values.rae === true,
    },
    { subject: 'sanitize status log', version, json: values['output-format'] === 'json' },
  );
  if (!answer.ok) return answer.output;
  const data = answer.completion.data ?? new Uint8Array();
  if (values['raw-binary']) return printed(data);
  const decoded = decodeSanitizeStatus(data);
  if (!decoded.ok) return refused(decoded.error.message);
  return values['output-format'] === 'json'
    ? printed(printNvmeCliJson(sanitizeJson(decoded.value, device.name), version))
    : printed(sanitizeText(decoded.value));
}

/** The words are ours; nvme-cli has its own for each status. */
const statusWords = [
  'never sanitized',
  'completed',
  'in progress',
  'failed',
  'completed, some media unchanged',
];

function sanitizeJson(log: SanitizeStatus, device: string): NvmeCliObject {
  const status = log.sstat & 7;
  return {
    [device]: {
      sprog: log.sprog,
      sstat: {
        global_erased: (log.sstat >>> 8) & 1,
        no_cmplted_passes: (log.sstat >>> 3) & 0x1f,
        status: `(${status}) ${statusWords[status] ?? 'reserved'}`,
      },
      cdw10_info: log.scdw10,
      time_over_write: log.eto,
      time_block_erase: log.etbe,
      time_crypto_erase: log.etce,
      time_over_write_no_dealloc: log.etond,
      time_block_erase_no_dealloc: log.etbend,
      time_crypto_erase_no_dealloc: log.etcend,
    },
  };
}

function sanitizeText(log: SanitizeStatus): string {
  const seconds = (time: number) => (time === 0xffffffff ? 'No time period reported' : `${time}`);
  const lines = [
    `Sanitize Progress                      (SPROG) :  ${log.sprog}`,
    `Sanitize Status                        (SSTAT) :  ${printfHexadecimal(log.sstat)}`,
    `Sanitize Command Dword 10 Information (SCDW10) :  ${printfHexadecimal(log.scdw10)}`,
    `Estimated Time For Overwrite                   :  ${seconds(log.eto)}`,
    `Estimated Time For Block Erase                 :  ${seconds(log.etbe)}`,
    `Estimated Time For Crypto Erase                :  ${seconds(log.etce)}`,
    `Estimated Time For Overwrite (No-Deallocate)   :  ${seconds(log.etond)}`,
    `Estimated Time For Block Erase (No-Deallocate) :  ${seconds(log.etbend)}`,
    `Estimated Time For Crypto Erase (No-Deallocate):  ${seconds(log.etcend)}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** Sanitize and its log page. */
export const sanitizeCommands = defineCommands(specs, {
  sanitize: ({ queue }, command) => sanitize(queue, command),
  'sanitize-log': ({ queue }, command) => sanitizeLog(queue, command),
});
