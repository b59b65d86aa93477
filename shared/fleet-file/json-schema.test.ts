import { expect, test } from 'vitest';
import { z } from 'zod';
import { formHintsSchema } from './form-hints.ts';
import { fleetFileSchema } from './schema.ts';

// Editors check and complete fleet files with it. After a change of the schema, run the test with --update.
test('the committed JSON Schema is that of the fleet file', async () => {
  const schema = {
    title: 'Berth fleet file',
    ...z.toJSONSchema(fleetFileSchema, {
      io: 'input',
      target: 'draft-2020-12',
      // What only Berth's own form reads.
      override: ({ jsonSchema }) => {
        for (const hint of formHintsSchema.keyof().options) delete jsonSchema[hint];
      },
    }),
  };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('./fleet-file.schema.json');
});
