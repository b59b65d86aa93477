import { printed, refused } from '../command-output.ts';
import type { HostProgram } from './program.ts';

/** `whoami`: everybody is root here. */
export const whoamiProgram: HostProgram = () => printed('root\n');

/** `id [-u|-g|-n]` */
export const idProgram: HostProgram = ({ args }) => {
  const letters = args.join('');
  if (letters.includes('n')) return printed('root\n');
  return printed(/[ugG]/.test(letters) ? '0\n' : 'uid=0(root) gid=0(root) groups=0(root)\n');
};

export const hostnameProgram: HostProgram = async ({ files }) =>
  printed(await files.readFile('/etc/hostname'));

/** `uname [-a|-s|-n|-r|-m|-o]` */
export const unameProgram: HostProgram = async ({ args, files }) => {
  const node = (await files.readFile('/etc/hostname')).trim();
  const release = (await files.readFile('/proc/sys/kernel/osrelease')).trim();
  const values = { s: 'Linux', n: node, r: release, v: '#1 SMP', m: 'x86_64', o: 'GNU/Linux' };
  const letters = args.flatMap((word) => (word.startsWith('--') ? [] : [...word.slice(1)]));
  const unknown = letters.find((letter) => letter !== 'a' && !Object.hasOwn(values, letter));
  if (unknown !== undefined) return refused(`uname: invalid option -- '${unknown}'`);
  const wanted = letters.includes('a') ? Object.keys(values) : letters.length === 0 ? ['s'] : letters;
  const shown = Object.entries(values).filter(([letter]) => wanted.includes(letter));
  return printed(`${shown.map(([, value]) => value).join(' ')}\n`);
};
