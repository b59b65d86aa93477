import type { NvmeCliRelease } from '../../../../shared/nvme/nvme-cli/nvme-release.ts';
import { option } from './define-option.ts';
import type { OptionSpec } from './option-spec.ts';

/** Options that several commands of nvme-cli have, with its letters. */
export const format = option('output-format', 'o', 'format', 'Output format');
export const humanReadable = option('human-readable', 'H', 'flag', 'Explain the bits of fields');
export const raw = option('raw-binary', 'b', 'flag', 'Write the structure as raw bytes');
export const namespace = option('namespace-id', 'n', 'word', 'Namespace identifier');
export const verbose = option('verbose', 'v', 'flag', 'Print more details');
/** Vendor specific bytes of a structure; 2.13 gave its letter to `--verbose`. */
export const vendorSpecific = option('vendor-specific', 'v', 'flag', 'Dump the vendor specific bytes', {
  letters: [['2.13', 'V']],
});
/** Of a command that comes through a management endpoint; here none does. */
export const ignoreShutdown = option('ish', 'I', 'flag', 'Ignore shutdown (management endpoints only)', {
  since: '3.0',
});
export const timeout = option('timeout', 't', 'word', 'Milliseconds that the command may take');
const dryRun = option('dry-run', '', 'flag', 'Send nothing');

/** What every command of a release has, behind its own options; `none` in 2.3. */
export const globalOptions: Readonly<Record<NvmeCliRelease, readonly OptionSpec[]>> = {
  '2.3': [],
  '2.13': [verbose, format, timeout],
  '2.16': [
    ...[verbose, format, timeout, dryRun],
    option('no-retries', '', 'flag', 'Do not send a failed command again'),
    option('output-format-version', '', 'word', 'Version of the JSON: 1 or 2'),
  ],
  '3.0': [
    ...[verbose, format, { ...timeout, short: '' }, dryRun, humanReadable],
    option('quiet', '', 'flag', 'Print less'),
    option('no-retries', '', 'flag', 'Do not send a failed command again'),
    option('no-ioctl-probing', '', 'flag', 'Do not look for the 64-bit ioctl'),
    option('output-format-version', '', 'word', 'Version of the JSON: 1 or 2'),
    option('set-options', '', 'text', 'Options of libnvme, KEY=VALUE'),
  ],
};
