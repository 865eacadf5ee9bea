// Runs src/power-prices/command-line.ts: `npm run --silent read-power -- FILE..`

import { runnerImport } from "vite";

const { module } = await runnerImport("./src/power-prices/command-line.ts", { configFile: false, logLevel: "error" });
process.exitCode = await module.main(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
