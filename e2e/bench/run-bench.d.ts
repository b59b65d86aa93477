import { type Figure } from './figure.ts';
export declare const figureNames: readonly string[];
/** Measures, prints each figure as soon as it is there, and returns whether all kept their limits. */
export declare function runBench(names: readonly string[], jsonFile: string | undefined): Promise<boolean>;
/** @returns two lines: the verdict with its numbers, then the circumstances */
export declare function describe(figure: Figure): string;
