import { expect, test } from 'vitest';
import { z } from 'zod';
import { fleetFileSchema } from './schema.ts';

// Editors check and complete fleet files with it. After a change of the schema, run the test with --update.
test('the committed JSON Schema is that of the fleet file', async () => {
  const schema = {
    title: 'Berth fleet file',
    ...z.toJSONSchema(fleetFileSchema, { io: 'input', target: 'draft-2020-12' }),
  };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('./fleet-file.schema.json');
});
