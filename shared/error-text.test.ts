import { describe, expect, it } from 'vitest';
import { errorCodeSchema } from './error-schema.ts';
import { errorText, errorTexts } from './error-text.ts';

describe('error texts', () => {
  it('has a title, an explanation and an action for every code, no two titles alike', () => {
    for (const code of errorCodeSchema.options) {
      const { title, explanation, action } = errorText(code);
      expect([title, explanation, action].every((text) => text.length > 3)).toBe(true);
      expect(title.endsWith('.')).toBe(false);
      expect(explanation.endsWith('.') && action.endsWith('.')).toBe(true);
    }
    const titles = Object.values(errorTexts).map((text) => text.title);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
