export { nodeReactor } from "./reactor.ts";
