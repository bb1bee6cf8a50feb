import { readOptions } from '../../lifecycle/options.ts';
import { runOptionsSchema, runRunCommand } from '../../run/run-command.ts';

/** `tulle run` with its settings from the environment: `spec-run.ts cmd…`, as a process of its own for specs. */
process.exit(await runRunCommand(readOptions(runOptionsSchema, {}, process.env), process.argv.slice(2)));
