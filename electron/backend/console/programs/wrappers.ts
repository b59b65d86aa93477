import { printed, refused } from '../command-output.ts';
import type { HostProgram } from './program.ts';

/** Options of `sudo` that take a value. */
const sudoValues: ReadonlySet<string> = new Set([
  '-u',
  '-g',
  '-p',
  '-h',
  '-C',
  '-D',
  '-R',
  '-T',
  '-r',
  '-t',
  '-U',
]);

/** `sudo [OPTIONS] [NAME=VALUE]… COMMAND …`: everybody is root here. */
export const sudoProgram: HostProgram = async ({ args, run }) => {
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (word === '--') {
      at += 1;
      break;
    }
    if (sudoValues.has(word)) at += 1;
    else if (!word.startsWith('-')) break;
  }
  const settings = args.slice(at).findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  const words = settings === -1 ? [] : args.slice(at + settings);
  // `sudo -i` and `sudo -v` change nothing for root.
  if (words.length === 0) return printed('');
  return run(settings > 0 ? ['env', ...args.slice(at)] : words);
};

/** `timeout [OPTIONS] SECONDS COMMAND …`: whoever waits for a device longer is told that it was terminated. */
export const timeoutProgram: HostProgram = async ({ args, run }) => {
  let at = 0;
  for (; at < args.length && (args[at] ?? '').startsWith('-'); at++)
    if (args[at] === '-k' || args[at] === '-s') at += 1;
  const match = /^(\d+(?:\.\d+)?)([smhd]?)$/.exec(args[at] ?? '');
  const words = args.slice(at + 1);
  if (match === null || words.length === 0)
    return {
      ...refused('timeout: write a number of seconds and a command: timeout 20 nvme …', 125),
      misunderstood: true,
    };
  const units = { '': 1, s: 1, m: 60, h: 3600, d: 86_400 };
  const unit = units[(match[2] ?? '') as keyof typeof units];
  return run(words, Number(match[1]) * unit);
};
