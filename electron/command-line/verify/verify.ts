import path from 'node:path';
import { readFileBytes } from '#backend/files/read-file.ts';
import { inTurns } from '#backend/in-turns.ts';
import { sha256OfText } from '#backend/migration/evidence/evidence-recorder.ts';
import { checkInPieces } from '#shared/bounds/check-in-pieces.ts';
import { isRecord } from '#shared/bounds/is-record.ts';
import { readJson } from '#shared/bounds/read-json.ts';
import { evidenceBounds, largestEvidence } from '#shared/bounds/sizes.ts';
import { countWords } from '#shared/count-words.ts';
import { type Evidence, evidenceSchema } from '#shared/migration/evidence/evidence.ts';
import { evidenceDifferences } from '#shared/migration/evidence/verify.ts';
import { reportSchema } from '#shared/report/report-schema.ts';
import { fail, type Result, succeed } from '#shared/result.ts';
import { type CommandLineIo, type ExitCode, exitCodes } from '../command-line-io.ts';
import { refuse } from '../print-error.ts';

/** Evidence, and the proof of the report that it came with. */
interface Presented {
  readonly evidence: Evidence;
  /** null: the evidence stands alone. */
  readonly proof: Parameters<typeof evidenceDifferences>[1]['proof'];
}

/**
 * `berth verify REPORT`: recomputes the seals of what a proof rests on. 0: everything is as it was sealed, 1: something is not.
 */
export async function runVerify(
  request: { readonly file: string; readonly sha256: string | undefined; readonly json: boolean },
  io: CommandLineIo,
): Promise<ExitCode> {
  const { sha256 } = request;
  if (sha256 !== undefined && !/^[0-9a-fA-F]{64}$/.test(sha256))
    return refuse(io, {
      ...{
        code: 'invalid-request',
        message: '--sha256 does not take this',
        object: sha256,
        field: '--sha256',
      },
      fix: 'Give the 64 hexadecimal digits that the run or its report shows.',
    });
  const presented = await readPresented(request.file);
  if (!presented.ok) return refuse(io, presented.error);
  const { evidence, proof } = presented.value;
  const differences = evidenceDifferences(evidence, {
    proof,
    expected: sha256 ?? null,
    sha256: sha256OfText,
  });
  const reads = evidence.stages.reduce(
    (sum, stage) => sum + stage.reads.length + (stage.more?.count ?? 0),
    0,
  );
  const compared = evidence.stages.flatMap((stage) => stage.compared);
  const held = compared.filter(({ equal }) => equal).length;
  const counts = { stages: evidence.stages.length, reads, compared: compared.length, held };
  if (request.json)
    io.out(`${JSON.stringify({ file: request.file, sha256: evidence.sha256, ...counts, differences })}\n`);
  else
    io.out(
      `${[
        `${path.basename(request.file)}: ${differences.length === 0 ? 'the evidence is as it was sealed' : `${countWords(differences.length, 'difference')}`}`,
        ...differences.map((line) => `  ${line}`),
        `  SHA-256 ${evidence.sha256}`,
        `  ${countWords(counts.stages, 'stage')}, ${countWords(reads, 'read')}, ${held} of ${countWords(compared.length, 'comparison')} equal${proof === null ? '' : ', as in the report'}`,
      ].join('\n')}\n`,
    );
  return differences.length === 0 ? exitCodes.success : exitCodes.refused;
}

async function readPresented(file: string): Promise<Result<Presented>> {
  const bytes = await readFileBytes(file, { largest: largestEvidence, what: 'a report' });
  if (!bytes.ok) return bytes;
  const read = await inTurns(readJson(new TextDecoder().decode(bytes.value), evidenceBounds));
  const what = { object: file, fix: 'Give the JSON report of a migration, or the evidence in it.' };
  if (read.kind !== 'value') return fail('invalid-file', `${file} is not a JSON report.`, what);
  if (isRecord(read.value) && read.value.format === 'berth-evidence') {
    const alone = await inTurns(checkInPieces(evidenceSchema, read.value, { once: true }));
    return alone.ok
      ? succeed({ evidence: alone.value, proof: null })
      : fail('invalid-file', `${file} is not evidence: ${alone.findings[0]?.message}`, {
          ...what,
          field: alone.findings[0]?.path.join('.') ?? '',
        });
  }
  const report = await inTurns(checkInPieces(reportSchema, read.value, { once: true }));
  if (!report.ok)
    return fail('invalid-file', `${file} is not a report of Berth: ${report.findings[0]?.message}`, {
      ...what,
      field: report.findings[0]?.path.join('.') ?? '',
    });
  const migration = report.value.kind === 'run' ? report.value.migration : null;
  if (migration === null) return fail('invalid-file', `${file} is not the report of a migration.`, what);
  if (migration.evidence === undefined)
    return fail(
      'not-found',
      `${file} has no evidence: nothing was compared, or an older Berth made it.`,
      what,
    );
  return succeed({ evidence: migration.evidence, proof: migration.proof });
}
