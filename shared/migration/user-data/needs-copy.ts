import { isSameNamespace, isSameStorage } from '../../fleet/rules/same-namespace.ts';

/** Two namespaces that a guest cannot tell apart, on two storages: it finds its data there only when it is copied. */
export function needsCopy(...[source, destination]: Parameters<typeof isSameStorage>): boolean {
  return isSameNamespace(source, destination) && !isSameStorage(source, destination);
}
