#!/usr/bin/env node
// Stands here and not in dist, because npm links a command when it installs, and that comes before the build.
import "../dist/main.js";
