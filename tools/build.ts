/** `npm run build` */
import { buildPackage } from "./build/package";

buildPackage().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
