// Required before the agent: writes what the process has loaded to the file WRITE_PARTS_TO when it ends.
const { statSync, writeFileSync } = require('node:fs');

process.once('exit', () => {
  const files = Object.keys(require.cache).map((file) => ({ file, bytes: statSync(file).size }));
  writeFileSync(process.env.WRITE_PARTS_TO, JSON.stringify({ builtins: process.moduleLoadList, files }));
});
