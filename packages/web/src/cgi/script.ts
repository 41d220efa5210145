import type { FileProcessor } from "../files/index.ts";
export declare function script(program: string): FileProcessor;
