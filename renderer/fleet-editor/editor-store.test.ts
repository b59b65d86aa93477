import { beforeEach, describe, expect, test } from 'vitest';
import { addObject } from '#shared/fleet-file/edit/edit-operations.ts';
import { newFleet } from '#shared/fleet-file/edit/new-objects.ts';
import { objectsOf } from '#shared/fleet-file/edit/objects.ts';
import {
  changeDocument,
  changeField,
  changeText,
  fieldLeft,
  isDirty,
  objectOfField,
  parsedText,
  redoEdit,
  startDocument,
  undoEdit,
  useEditor,
} from './editor-store.ts';

const fresh = JSON.stringify(newFleet(), null, 2);
const current = () => useEditor.getState().document?.history.text ?? '';
const dirty = () => isDirty(useEditor.getState().document);

describe('the document of the fleet editor', () => {
  beforeEach(() => startDocument(fresh, 'new-fleet', null));

  test('a change makes it dirty, and undoing it clean again', () => {
    expect(dirty()).toBe(false);
    changeField(['seed'], 7);
    expect(dirty()).toBe(true);
    undoEdit();
    expect(current()).toBe(fresh);
    expect(dirty()).toBe(false);
    redoEdit();
    expect(parsedText(current())).toMatchObject({ seed: 7 });
  });

  test('what is typed into a field until it is left is one change', () => {
    changeField(['title'], 'a');
    changeField(['title'], 'ab');
    fieldLeft();
    changeField(['title'], 'abc');
    undoEdit();
    expect(parsedText(current())).toMatchObject({ title: 'ab' });
    undoEdit();
    expect(current()).toBe(fresh);
  });

  test('what was added is selected, and the selection does not outlive it', () => {
    changeDocument((text) => addObject(text, 'host', [], 'hv-a'));
    expect(useEditor.getState().selected).toEqual(['hosts', 1]);
    undoEdit();
    expect(useEditor.getState().selected).toEqual([]);
  });

  test('a text that is no JSON keeps the selection and has no value', () => {
    changeDocument((text) => addObject(text, 'host', [], 'hv-a'));
    changeText('{', 'json');
    expect(parsedText(current())).toBeUndefined();
    expect(useEditor.getState().selected).toEqual(['hosts', 1]);
  });

  test('a file that is no JSON opens in the JSON view', () => {
    startDocument('half', 'half.json', '/half.json');
    expect(useEditor.getState().view).toBe('json');
  });

  test('a problem belongs to the innermost object that holds its field', () => {
    const text = addObject(fresh, 'virtual-machine', ['hosts', 0], 'hv-a').text;
    const objects = objectsOf(parsedText(text));
    expect(objectOfField(objects, 'hosts[0].virtualMachines[0].vcpus')?.kind).toBe('virtual-machine');
    expect(objectOfField(objects, 'hosts[0].virtualMachines')?.kind).toBe('host');
    expect(objectOfField(objects, 'hosts[01].name')?.kind).toBe('fleet');
    expect(objectOfField(objects, 'seed')?.kind).toBe('fleet');
  });
});
