import type { HttpResource } from "../http/resource.ts";
export declare function cgiDirectory(path: string): HttpResource;
