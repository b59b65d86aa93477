import { describe, expect, it } from 'vitest';
import { type Evidence, evidenceSchema } from '#shared/migration/evidence/evidence.ts';
import { evidenceDifferences } from '#shared/migration/evidence/verify.ts';
import type { MigrationFacts, ProcedureRun } from '#shared/procedure/procedure.ts';
import { openMigrationWorld } from '../../test-support/migration-world.ts';
import { EvidenceRecorder, sha256OfText } from './evidence-recorder.ts';

function factsOf(run: ProcedureRun | null): MigrationFacts & { readonly evidence: Evidence } {
  const facts = run?.migration;
  if (facts?.evidence === undefined) throw new Error('there is no evidence');
  return { ...facts, evidence: facts.evidence };
}

function differences({ evidence, proof }: Pick<MigrationFacts, 'proof'> & { readonly evidence: Evidence }) {
  return evidenceDifferences(evidence, { proof, expected: null, sha256: sha256OfText });
}

describe('the evidence of a migration', () => {
  it('has every read of every stage, and is what it was sealed as', async () => {
    const world = await openMigrationWorld();
    const facts = factsOf(await world.migrate());
    const { evidence } = facts;
    expect(evidenceSchema.parse(JSON.parse(JSON.stringify(evidence)))).toEqual(evidence);
    expect(evidence.stages.map(({ stage }) => stage)).toEqual([
      ...['loaded', 'resumed', 'running', 'source-released'],
    ]);
    const commands = evidence.stages.flatMap(({ reads }) => reads.filter(({ kind }) => kind === 'command'));
    expect(new Set(commands.map(({ hostId }) => hostId))).toEqual(new Set(['hv-a', 'hv-b']));
    expect(evidence.stages.flatMap(({ compared }) => compared)).toHaveLength(facts.proof.length);
    expect(differences(facts)).toEqual([]);
  });

  it('is there when everything was taken back', async () => {
    const world = await openMigrationWorld();
    const started = await world.runner.start({ kind: 'migrate', request: world.requestFor() });
    if (!started.ok) throw new Error(started.error.message);
    world.runner.abort(started.value.id);
    const facts = factsOf(await world.runner.finished(started.value.id));
    expect(facts.evidence.stages.map(({ stage }) => stage)).toEqual(['rolled-back']);
    expect(differences(facts)).toEqual([]);
  });

  it('shows each change that was made to it afterwards, and where', async () => {
    const world = await openMigrationWorld();
    const facts = factsOf(await world.migrate());
    const changed = (change: (copy: MigrationFacts & { evidence: Evidence }) => void) => {
      const copy = structuredClone(facts);
      change(copy);
      return differences(copy).join('\n');
    };
    const stage = (copy: { evidence: Evidence }) => copy.evidence.stages[0]!;
    expect(
      changed((copy) => {
        stage(copy).reads.pop();
      }),
    ).toMatch(/Loaded, before the devices resumed.*sealed as/);
    expect(
      changed((copy) => {
        stage(copy).compared[0]!.destination = 'something else';
      }),
    ).toMatch(/is called equal, and is not/);
    expect(
      changed((copy) => {
        copy.evidence.stages.pop();
      }),
    ).toMatch(/the whole: sealed as[\s\S]*no stage source-released/);
    expect(
      changed((copy) => {
        copy.proof[0]!.source = 'something else';
      }),
    ).toMatch(/the report has .* otherwise/);
    const noted = evidenceDifferences(facts.evidence, {
      ...{ proof: null, expected: 'f'.repeat(64), sha256: sha256OfText },
    });
    expect(noted).toEqual([expect.stringMatching(/^noted as f{64}/)]);
  });

  it('keeps the digest of what is too much to keep', () => {
    const recorder = new EvidenceRecorder(() => ({ now: () => 5 }));
    for (let index = 0; index < 402; index += 1) recorder.host('hv-a', 'virtual machines', String(index));
    const full = recorder.take('loaded', []);
    expect([full.reads.length, full.more?.count]).toEqual([400, 2]);
    expect(recorder.take('loaded', [])).toMatchObject({ reads: [], more: null });
  });
});
