import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../testing/run-command-line.ts';

async function reportOfMove() {
  const folder = mkdtempSync(path.join(tmpdir(), 'berth-verify-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'report.json');
  const moved = ['migrate', 'two-hosts', '--vm', 'web-07', '--to', 'hv-b', '--report', file];
  expect((await runCommandLine(moved, '')).code).toBe(0);
  return { folder, file, report: JSON.parse(readFileSync(file, 'utf8')) };
}

const verify = (...args: string[]) => runCommandLine(['verify', ...args], '', { isTerminal: true });

describe('berth verify', () => {
  it('finds a report as it was sealed, with the digest that was noted', async () => {
    const { folder, file, report } = await reportOfMove();
    const { sha256 } = report.migration.evidence;
    const { code, out } = await verify(file, '--sha256', sha256.toUpperCase());
    expect(out).toMatch(
      /the evidence is as it was sealed\n[\s\S]*4 stages, \d+ reads, (\d+) of \1 comparisons equal/,
    );
    expect([code, out]).toEqual([0, expect.stringContaining(sha256)]);
    const alone = path.join(folder, 'evidence.json');
    writeFileSync(alone, JSON.stringify(report.migration.evidence));
    expect((await verify(alone)).code).toBe(0);
  });

  it('says what differs', async () => {
    const { file, report } = await reportOfMove();
    report.migration.evidence.stages[0].reads[0].at += 1;
    writeFileSync(file, JSON.stringify(report));
    const { code, out } = await verify(file);
    expect([code, out]).toEqual([1, expect.stringMatching(/1 difference|2 differences/)]);
    const asJson = await verify(file, '--json');
    expect(JSON.parse(asJson.out).differences[0]).toContain('sealed as');
    expect((await verify(file, '--sha256', '0'.repeat(64))).out).toContain('noted as');
  });

  it.each([
    ['nothing', /is not a JSON report/],
    ['{"format":"berth-evidence"}', /is not evidence/],
    ['{"kind":"run"}', /is not a report of Berth/],
  ])('refuses %s with the reason', async (text, message) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'berth-verify-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, 'x.json');
    writeFileSync(file, text);
    const { code, err } = await verify(file);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    expect((await verify(file, '--sha256', '12')).code).toBe(2);
  });
});
