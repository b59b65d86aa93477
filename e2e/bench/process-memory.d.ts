/** @returns the process and everything below it, by /proc; a process that ends meanwhile is left out */
export declare function processTree(root: number): number[];
/**
 * Memory of a program with all its processes, where a page that several share counts only once altogether.
 *
 * @returns megabytes (10⁶ bytes) of proportional set size
 */
export declare function proportionalMemory(root: number): number;
