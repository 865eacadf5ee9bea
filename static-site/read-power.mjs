// Runs src/power-prices/command-line.ts: `npm run --silent read-power -- FILE..`

import { loadSource } from "./load-source.mjs";

const { module, close } = await loadSource("./src/power-prices/command-line.ts");
process.exitCode = await module.main(process.argv.slice(2), process.env.INIT_CWD ?? process.cwd());
await close();
