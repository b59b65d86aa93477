/** Names that every object has, and one that none has: as ids from outside they are unknown like any other. */
export const everyObjectsNames: readonly string[] = [
  ...Object.getOwnPropertyNames(Object.prototype),
  'prototype',
];
