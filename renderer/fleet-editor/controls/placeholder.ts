import type { EditValue } from '#shared/fleet-file/edit/loose-value.ts';
import type { FormField } from '../forms/form-field.ts';
import { formatValue, type TextControl } from './field-values.ts';

/** What an empty input says: the value that counts then, or what may stand there. */
export function placeholderOf(control: TextControl, { initial, limits }: FormField): string {
  if (initial !== undefined) {
    const shown = formatValue(control, initial as EditValue);
    return shown === '' ? '' : `default ${shown}`;
  }
  if (limits === undefined) return '';
  return `${formatValue(control, limits.least)} to ${formatValue(control, limits.greatest)}`;
}
