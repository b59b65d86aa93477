import { expect, it } from 'vitest';
import { settingsSchema } from '#shared/settings/schema.ts';
import { parseNumberSetting } from './parse-number-setting.ts';

const schema = settingsSchema.shape.dockHeight;

it('takes whole numbers in the range of the setting only, and says the range', () => {
  expect(parseNumberSetting(' 200 ', schema)).toEqual({ ok: true, value: 200 });
  for (const text of ['79', '801', '', '1e2', '-90', '90.5', 'tall']) {
    expect(parseNumberSetting(text, schema)).toEqual({
      ok: false,
      error: 'Enter a whole number from 80 to 800.',
    });
  }
});
