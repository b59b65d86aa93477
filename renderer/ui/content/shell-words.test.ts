import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellParts } from './shell-words.ts';

const marked = (script: string) =>
  shellParts(script.split('\n')).map((parts) =>
    parts.map(({ kind, text }) => (kind === 'plain' ? text : `<${kind} ${text}>`)).join(''),
  );

it.each([
  ['# a comment', ['<comment # a comment>']],
  ['DEV=/dev/nvme1', ['DEV=/dev/nvme1']],
  ['sudo modprobe vfio-pci', ['<command sudo> <command modprobe> vfio-pci']],
  ['for vf in 5 6 $more; do', ['<keyword for> vf <keyword in> 5 6 <variable $more>; <keyword do>']],
  [
    '  echo 1 > $PCI/virtfn$(($1 - 1))/reset # go',
    ['  <command echo> 1 > <variable $PCI>/virtfn<variable $(($1 - 1))>/reset <comment # go>'],
  ],
  [
    '[ -e $x ] && echo "a $b" \'$c\'',
    ['[ -e <variable $x> ] && <command echo> <string "a ><variable $b><string "> <string \'$c\'>'],
  ],
  ['nvme list | jq .num', ['<command nvme> list | <command jq> .num']],
  ['bdf=$(basename $(readlink $dev))', ['bdf=$(<command basename> $(<command readlink> <variable $dev>))']],
  ['echo a#b', ['<command echo> a#b']],
  ['echo "one\ntwo" three', ['<command echo> <string "one>', '<string two"> three']],
  [
    "cat <<'END'\necho $x\nEND\necho",
    ["<command cat> <<'END'", '<string echo $x>', '<string END>', '<command echo>'],
  ],
  ['nvme list \\\n  -o json', ['<command nvme> list \\', '  -o json']],
])('%j', (script, expected) => {
  expect(marked(script)).toEqual(expected);
});

it('loses nothing of a line, whatever it is', () => {
  const texts = fc.stringMatching(/^[\sa-f'"$(){}<>|&;#\\`=[\]-]{0,60}$/);
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), texts), { minLength: 1, maxLength: 4 }), (texts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ' '));
      expect(shellParts(lines).map((parts) => parts.map(({ text }) => text).join(''))).toEqual(lines);
    }),
    { numRuns: 500, seed: 11 },
  );
});
