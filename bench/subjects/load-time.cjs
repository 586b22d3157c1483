// Prints how long a module takes to load in a process that has loaded nothing else, in milliseconds.
"use strict";
const { performance } = require("node:perf_hooks");
const started = performance.now();
require(process.argv[2]);
process.stdout.write(String(performance.now() - started));
