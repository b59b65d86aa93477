import type { RunEnd } from '../shell-run.ts';

/** From what the library says of a text that it cannot parse. */
export function notAScript(stderr: string): Extract<RunEnd, { kind: 'not-a-script' }> {
  const match = /(?:Parse error at (\d+):\d+|line (\d+)): (.*)/s.exec(stderr);
  const words = (match?.[3] ?? stderr)
    .trim()
    .replace(/^bash: Maximum call stack.*$/, 'it is nested too deeply');
  const expected = /^Expected (\w+), got (\w+)$/.exec(words);
  const message =
    expected === null
      ? words
      : `${(expected[1] ?? '').toLowerCase()} is missing before ${endWords(expected[2] ?? '')}`;
  const unfinished = expected?.[2] === 'EOF' || /unexpected EOF/.test(words);
  return { kind: 'not-a-script', line: Number(match?.[1] ?? match?.[2] ?? 1), message, unfinished };
}

function endWords(token: string): string {
  return token === 'EOF'
    ? 'the end'
    : token === 'NEWLINE'
      ? 'the end of the line'
      : `\`${token.toLowerCase()}'`;
}
