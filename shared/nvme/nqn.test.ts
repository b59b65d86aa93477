import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkNqn, checkVirtualNqn, discoveryNqn, legacyNqn, nqnFromDomain, nqnFromUuid } from './nqn.ts';

const uuid = 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6';

test.each([
  'nqn.2014-08.com.example:nvme:nvm-subsystem-sn-d78432',
  'nqn.2019-08.org.qemu:sriov0',
  `nqn.2014-08.org.nvmexpress:uuid:${uuid}`,
  discoveryNqn,
  `nqn.2026-12.com.example:${'x'.repeat(223 - 24)}`,
  `nqn.2026-12.com.example:${'é'.repeat(99)}x`,
  legacyNqn({ vid: 0x1b36, ssvid: 0x1af4, sn: 'SN0001', mn: 'Model' }),
])('%s is an NQN', (name) => {
  expect(checkNqn(name)).toEqual({ ok: true, value: name });
});

test.each([
  ['', /empty/],
  ['my_v_nqn_1', /not in NQN format/],
  ['nqn.2026-13.com.example:x', /month 13/],
  ['nqn.2026-00.com.example:x', /month 00/],
  ['nqn.2026-01.com.example:', /not in NQN format/],
  ['nqn.2026-01.com:x', /not in NQN format/],
  ['nqn.2020-01.org.nvmexpress:x', /reserved/],
  ['nqn.2014-08.org.nvmexpress:x', /reserved/],
  ['nqn.2014-08.org.nvmexpress:uuid:x', /not a UUID/],
  [`nqn.2026-12.com.example:${'x'.repeat(200)}`, /224 bytes/],
  [`nqn.2026-12.com.example:${'é'.repeat(100)}`, /224 bytes/],
  ['nqn.2026-12.com.example:a\nb', /control character/],
  ['nqn.2026-12.com.example:\ud800', /not Unicode/],
])('%j is not an NQN', (name, reason) => {
  const checked = checkNqn(name);
  expect(checked.ok ? '' : checked.error.message).toMatch(reason);
  expect(checked.ok ? '' : checked.error.fix).not.toBe('');
});

test('a plain word is a virtual NQN, with a warning', () => {
  const word = checkVirtualNqn('my_v_nqn_1');
  expect(word).toMatchObject({
    ok: true,
    value: { name: 'my_v_nqn_1', warning: expect.stringContaining('format') },
  });
  const proper = checkVirtualNqn('nqn.2026-01.com.example:vm7');
  expect(proper).toEqual({ ok: true, value: { name: 'nqn.2026-01.com.example:vm7' } });
  expect(checkVirtualNqn('x'.repeat(224)).ok).toBe(false);
  expect(checkVirtualNqn(discoveryNqn).ok).toBe(false);
  expect(checkVirtualNqn('a\0b').ok).toBe(false);
});

test('the limit counts bytes of UTF-8, not characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 300 }), (text) => {
      const fits = Buffer.byteLength(text) <= 223;
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the rule under test
      const plain = !/[\u0000-\u001f\u007f]/.test(text);
      expect(checkVirtualNqn(text).ok).toBe(fits && plain);
    }),
  );
});

test('generated names pass their own check', () => {
  expect(nqnFromUuid(uuid.toUpperCase())).toEqual({
    ok: true,
    value: `nqn.2014-08.org.nvmexpress:uuid:${uuid}`,
  });
  expect(nqnFromUuid('7').ok).toBe(false);
  expect(nqnFromDomain(2026, 3, 'storage.example.com', 'vm 7')).toEqual({
    ok: true,
    value: 'nqn.2026-03.com.example.storage:vm 7',
  });
  expect(nqnFromDomain(2026, 13, 'example.com', 'x').ok).toBe(false);
  expect(legacyNqn({ vid: 1, ssvid: 2, sn: 'S', mn: 'M' })).toHaveLength(223);
});
