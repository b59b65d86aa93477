import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  readControllerListJson,
  readIdentifyControllerJson,
  readIdentifyNamespaceJson,
  readNamespaceListJson,
  readPrimaryControllerCapabilitiesJson,
  readSecondaryControllerListJson,
} from '../../test-support/nvme-cli-json-reader.ts';
import { adminCommand, statusOfValue } from '../command.ts';
import { commandLine } from '../commands/table.ts';
import {
  decodeIdentifyController,
  encodeIdentifyController,
} from '../layouts/identify/identify-controller.ts';
import {
  decodePrimaryControllerCapabilities,
  encodePrimaryControllerCapabilities,
} from '../layouts/identify/primary-controller-capabilities.ts';
import {
  decodeSecondaryControllerList,
  encodeSecondaryControllerList,
} from '../layouts/lists/secondary-controller-list.ts';
import { nvmeCliStatusLine } from '../status.ts';
import {
  controllerListJson,
  identifyControllerJson,
  identifyNamespaceJson,
  namespaceListJson,
  primaryControllerCapabilitiesJson,
  secondaryControllerListJson,
} from './nvme-cli-json.ts';
import { type NvmeCliVersion, printNvmeCliJson } from './nvme-cli-text.ts';

/** What real tools printed of real controllers; see the README there. */
const root = join(import.meta.dirname, '../../../e2e/captures');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
const named = (name: string | RegExp) =>
  files.filter((file) => {
    const base = file.slice(file.lastIndexOf('/') + 1);
    return typeof name === 'string' ? base === name : name.test(base);
  });
const text = (file: string) => readFileSync(join(root, file), 'utf8');
const bytes = (file: string) => new Uint8Array(readFileSync(join(root, file)));

/** The JSON that nvme-cli printed beside a binary file: by 2.3 in the same folder, by 2.13 in `new/`. */
function beside(file: string, json: string): readonly (readonly [NvmeCliVersion, string])[] {
  const places = [
    ['2.3', join(dirname(file), json)],
    ['2.13', join(dirname(file), 'new', json)],
  ] as const;
  return places.filter(([, path]) => existsSync(join(root, path)) && text(path).startsWith('{'));
}

describe.each(named('id-ctrl.bin').filter((file) => bytes(file).length > 0))('%s', (file) => {
  test('decodes to what nvme-cli printed and encodes to the same bytes', () => {
    const decoded = decodeIdentifyController(bytes(file));
    if (!decoded.ok) throw new Error(decoded.error.message);
    const printed = beside(file, 'id-ctrl.json');
    expect(printed.length).toBeGreaterThan(0);
    for (const [version, json] of printed) {
      expect(printNvmeCliJson(identifyControllerJson(decoded.value, version), version)).toBe(text(json));
      const read = readIdentifyControllerJson(JSON.parse(text(json)));
      expect(read.ok && printNvmeCliJson(identifyControllerJson(read.value, version), version)).toBe(
        text(json),
      );
    }
    const encoded = encodeIdentifyController(decoded.value);
    expect(encoded.ok && Buffer.from(encoded.value).equals(bytes(file))).toBe(true);
  });
});

describe.each(named('cns14.bin').filter((file) => bytes(file).length > 0))('%s', (file) => {
  test('decodes to what nvme-cli printed and encodes to the same bytes', () => {
    const decoded = decodePrimaryControllerCapabilities(bytes(file));
    if (!decoded.ok) throw new Error(decoded.error.message);
    for (const [version, json] of beside(file, 'primary-ctrl-caps.json'))
      expect(printNvmeCliJson(primaryControllerCapabilitiesJson(decoded.value, version), version)).toBe(
        text(json),
      );
    const encoded = encodePrimaryControllerCapabilities(decoded.value);
    expect(encoded.ok && Buffer.from(encoded.value).equals(bytes(file))).toBe(true);
  });
});

describe.each(named('cns15.bin').filter((file) => bytes(file).length > 0))('%s', (file) => {
  test('decodes to what nvme-cli printed and encodes to the same bytes', () => {
    const decoded = decodeSecondaryControllerList(bytes(file));
    if (!decoded.ok) throw new Error(decoded.error.message);
    for (const [version, json] of beside(file, 'list-secondary.json'))
      expect(printNvmeCliJson(secondaryControllerListJson(decoded.value), version)).toBe(text(json));
    const encoded = encodeSecondaryControllerList(decoded.value);
    expect(encoded.ok && Buffer.from(encoded.value).equals(bytes(file))).toBe(true);
  });
});

test('the captures hold what these tests need', () => {
  expect(named('id-ctrl.bin').length).toBeGreaterThanOrEqual(30);
  expect(named('cns14.bin').filter((file) => bytes(file).length === 4096).length).toBeGreaterThanOrEqual(10);
});

/** Files of one kind that hold a JSON object, and what reading and printing them again gives. */
function reprint(pattern: RegExp, again: (json: unknown, version: NvmeCliVersion) => string) {
  const found = named(pattern).filter(
    (file) => text(file).startsWith('{') && !text(file).includes('"error"'),
  );
  expect(found.length).toBeGreaterThan(10);
  for (const file of found) {
    const version = file.includes('/new/') ? '2.13' : '2.3';
    expect(again(JSON.parse(text(file)), version), file).toBe(text(file));
  }
}

test('every JSON list and structure survives reading and printing', () => {
  reprint(/^list-ns.*\.json$/, (json, version) => {
    const read = readNamespaceListJson(json);
    return read.ok ? printNvmeCliJson(namespaceListJson(read.value), version) : read.error.message;
  });
  reprint(/list-ctrl\.json$/, (json, version) => {
    const read = readControllerListJson(json);
    return read.ok ? printNvmeCliJson(controllerListJson(read.value), version) : read.error.message;
  });
  reprint(/^list-secondary\.json$/, (json, version) => {
    const read = readSecondaryControllerListJson(json);
    return read.ok ? printNvmeCliJson(secondaryControllerListJson(read.value), version) : read.error.message;
  });
  reprint(/^primary-ctrl-caps\.json$/, (json, version) => {
    const read = readPrimaryControllerCapabilitiesJson(json);
    return read.ok
      ? printNvmeCliJson(primaryControllerCapabilitiesJson(read.value, version), version)
      : read.error.message;
  });
  reprint(/^ns\d+-id-ns\.json$/, (json) => {
    const read = readIdentifyNamespaceJson(json);
    return read.ok ? printNvmeCliJson(identifyNamespaceJson(read.value), '2.3') : read.error.message;
  });
});

test('every NVMe status line that nvme-cli printed is printed to the byte', () => {
  const lines = files
    .filter((file) => file.endsWith('.stderr'))
    .flatMap((file) => text(file).split('\n'))
    .filter((line) => line.startsWith('NVMe status: '));
  expect(new Set(lines).size).toBeGreaterThan(8);
  for (const line of lines) {
    const value = Number(/\((0x[0-9a-f]+)\)$/.exec(line)?.[1]);
    expect(nvmeCliStatusLine(statusOfValue(value))).toBe(line);
  }
});

test('the recorded passthrough of Identify is rendered as nvme-cli spells it', () => {
  const command = adminCommand({ opcode: 0x06, cdw10: 0x1c, readLength: 4096 });
  expect(commandLine(command, '/dev/nvme0')).toBe(
    'nvme admin-passthru /dev/nvme0 --opcode=0x6 --cdw10=0x1c --data-len=4096 --read --raw-binary',
  );
});

test('JSON with missing or wrong fields names the field', () => {
  const [file] = named('id-ctrl.json');
  const good = JSON.parse(text(file!));
  const field = (json: unknown) => {
    const read = readIdentifyControllerJson(json);
    return read.ok ? undefined : read.error.field;
  };
  expect(field({ ...good, cntlid: undefined })).toBe('cntlid');
  expect(field({ ...good, vid: 70000 })).toBe('vid');
  expect(field({ ...good, sn: 'ü' })).toBe('sn');
  expect(field({ ...good, psds: [{}] })).toBe('psds.0.max_power');
  expect(readIdentifyControllerJson([]).ok).toBe(false);
  const secondary = readSecondaryControllerListJson({ num: 1, 'secondary-controllers': [{}] });
  expect(secondary.ok || secondary.error.field).toBe(
    'secondary-controllers.0.secondary-controller-identifier',
  );
});

test('2.3 prints 32-bit numbers as signed, and the reader takes them back', () => {
  const decoded = decodeIdentifyController(bytes(named('id-ctrl.bin')[0]!));
  if (!decoded.ok) throw new Error(decoded.error.message);
  const controller = { ...decoded.value, oaes: 0x80000100 };
  const json = identifyControllerJson(controller, '2.3');
  expect(json.oaes).toBe(-2147483392);
  expect(identifyControllerJson(controller, '2.13').oaes).toBe(0x80000100);
  const read = readIdentifyControllerJson(JSON.parse(printNvmeCliJson(json, '2.3')));
  expect(read.ok && read.value.oaes).toBe(0x80000100);
});
