import type { EditValue } from '#shared/fleet-file/edit/loose-value.ts';
import type { FormField } from '../forms/form-field.ts';
import { formatValue, type TextControl } from './field-values.ts';

/** What an empty input says: the value that counts then. */
export function placeholderOf(control: TextControl, initial: FormField['initial']): string {
  if (initial === undefined || initial === '') return '';
  const shown = formatValue(control, initial as EditValue);
  return shown === '' ? '' : `default ${shown}`;
}
