#!/usr/bin/env node
// Stands here and not in the bundle, because npm links a command when it installs, and that comes before the build.
import module from "node:module";

module.enableCompileCache?.(); // Node 22.8 and later: modules are compiled once, not at every start
await import("#main");
