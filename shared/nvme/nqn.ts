import { countWords } from '../count-words.ts';
import { fail, type Result, succeed } from '../result.ts';
import { maximumNqnBytes } from './byte-view.ts';
import { encodeUtf8 } from './utf8.ts';

/** The well-known name of discovery subsystems (NVMe Base 2.1, 4.7). */
export const discoveryNqn = 'nqn.2014-08.org.nvmexpress.discovery';
const uuidPrefix = 'nqn.2014-08.org.nvmexpress:uuid:';
const legacyPrefix = 'nqn.2014-08.org.nvmexpress:';
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const domainPattern = /^nqn\.(\d{4})-(\d{2})\.([a-z0-9-]+(?:\.[a-z0-9-]+)+):(.+)$/is;

/** A name that is accepted, with what is unusual about it in plain words. */
export interface CheckedName {
  readonly name: string;
  readonly warning?: string;
}

/**
 * Accepts exactly the names that NVMe Base 2.1, 4.7 allows: `nqn.yyyy-mm.reverse.domain:text`,
 * `nqn.2014-08.org.nvmexpress:uuid:` and a UUID, the discovery name, and the name that hosts build for drives older
 * than NVMe 1.2.1 from vendor, serial and model number.
 */
export function checkNqn(text: string): Result<string> {
  const sized = checkNameSize(text, 'NQN');
  if (!sized.ok) return sized;
  if (text === discoveryNqn) return sized;
  if (text.startsWith(uuidPrefix))
    return uuidPattern.test(text.slice(uuidPrefix.length))
      ? sized
      : refuse(text, 'the text behind "uuid:" is not a UUID', 'Write xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx');
  if (text.startsWith(legacyPrefix)) return isLegacy(text) ? sized : refuseReserved(text);
  const parts = domainPattern.exec(text);
  if (!parts)
    return refuse(
      text,
      'it is not in NQN format',
      'Write nqn.yyyy-mm.reverse.domain:text, e.g. nqn.2026-01.com.example:vm7',
    );
  const month = Number(parts[2]);
  if (month < 1 || month > 12)
    return refuse(text, `month ${parts[2]} does not exist`, 'Use a month from 01 to 12');
  if (/^org\.nvmexpress(\.|$)/i.test(parts[3] ?? '')) return refuseReserved(text);
  return sized;
}

/**
 * The rule for virtual NQNs: anything of 1 to 223 bytes of UTF-8 without control characters, because the proposal's
 * own example is a plain word (`my_v_nqn_1`). A name that is not in NQN format carries a warning.
 */
export function checkVirtualNqn(text: string): Result<CheckedName> {
  const sized = checkNameSize(text, 'virtual NQN');
  if (!sized.ok) return sized;
  if (text === discoveryNqn)
    return refuse(text, 'it is the name of discovery subsystems', 'Choose another name');
  const strict = checkNqn(text);
  return strict.ok
    ? succeed({ name: text })
    : succeed({ name: text, warning: `"${text}" is not in NQN format; hosts may refuse it` });
}

/** `nqn.2026-01.com.example:text`. `month` is 1-12, `domain` the domain name as people write it (`example.com`). */
export function nqnFromDomain(year: number, month: number, domain: string, text: string): Result<string> {
  const reversed = domain.split('.').reverse().join('.');
  return checkNqn(
    `nqn.${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}.${reversed}:${text}`,
  );
}

/** `nqn.2014-08.org.nvmexpress:uuid:` and the UUID in lower case. */
export function nqnFromUuid(uuid: string): Result<string> {
  return checkNqn(`${uuidPrefix}${uuid.toLowerCase()}`);
}

/**
 * The name that a host builds for a controller without SUBNQN: vendor ids as four hexadecimal digits, serial and model
 * number as they are stored, 223 bytes in all.
 */
export function legacyNqn(controller: {
  readonly vid: number;
  readonly ssvid: number;
  readonly sn: string;
  readonly mn: string;
}): string {
  const ids = [controller.vid, controller.ssvid].map((id) => id.toString(16).padStart(4, '0')).join('');
  const text = `${legacyPrefix}${ids}${controller.sn.padEnd(20)}${controller.mn.padEnd(40)}`;
  return text.padEnd(maximumNqnBytes);
}

function checkNameSize(text: string, what: string): Result<string> {
  const bytes = encodeUtf8(text);
  if (bytes === undefined) return refuse(text, 'it is not Unicode text', 'Remove the broken character');
  if (bytes.length === 0)
    return fail('invalid-request', `The ${what} is empty`, { field: what, fix: 'Enter a name' });
  if (bytes.length > maximumNqnBytes)
    return fail(
      'invalid-request',
      `The ${what} takes ${bytes.length} bytes; at most ${maximumNqnBytes} are allowed`,
      {
        object: text,
        field: what,
        fix: `Shorten it by ${countWords(bytes.length - maximumNqnBytes, 'byte')}`,
      },
    );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are exactly what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    return refuse(text, 'it holds a control character', 'Remove line breaks and tabs');
  return succeed(text);
}

function isLegacy(text: string): boolean {
  return (
    text.length === maximumNqnBytes &&
    /^[0-9a-f]{8}[\x20-\x7e]{60}[ ]*$/i.test(text.slice(legacyPrefix.length))
  );
}

function refuseReserved<T>(text: string): Result<T> {
  return refuse(text, 'the domain org.nvmexpress is reserved for the specification', 'Use your own domain');
}

function refuse<T>(text: string, problem: string, fix: string): Result<T> {
  return fail('invalid-request', `"${text}" cannot be used as a name: ${problem}`, {
    object: text,
    field: 'NQN',
    fix,
  });
}
