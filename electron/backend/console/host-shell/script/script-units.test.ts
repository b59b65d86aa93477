import { expect, it } from 'vitest';
import { scriptUnits } from './script-units.ts';
import { loadShellLibrary, type StatementTree } from './shell-library.ts';

async function unitsOf(text: string): Promise<readonly (readonly [number, string])[]> {
  const { Bash } = await loadShellLibrary();
  const bash = new Bash({ defenseInDepth: false });
  let statements: readonly StatementTree[] = [];
  bash.registerTransformPlugin({
    name: 'read',
    transform: ({ ast }) => {
      statements = ast.statements;
      return { ast: { ...ast, statements: [] } };
    },
  });
  await bash.exec(text, { rawScript: true });
  return scriptUnits(text, statements).map((unit) => [unit.line, unit.text]);
}

it('cuts a script where a line ends and its statement as well', async () => {
  const text = [
    '#!/bin/sh',
    '# echo one; echo two',
    'echo one; echo two',
    '',
    'if true; then',
    '  echo one',
    'fi; echo behind # said',
    'cat <<END',
    'echo one',
    'END',
    'nvme virt-mgmt /dev/nvme0 \\',
    '  -c 1 -a 7',
    'echo one',
  ].join('\n');
  expect(await unitsOf(text)).toEqual([
    [3, 'echo one; echo two'],
    [5, 'if true; then\n  echo one\nfi; echo behind # said'],
    [8, 'cat <<END\necho one\nEND'],
    [11, 'nvme virt-mgmt /dev/nvme0 \\\n  -c 1 -a 7'],
    [13, 'echo one'],
  ]);
});
