export declare function parseCookies(header: string): ReadonlyMap<string, string>;
export declare function formatSetCookie(cookie: object): string;
