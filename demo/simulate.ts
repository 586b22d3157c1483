/** `npm run simulate -- <device> [options]`: simulates a device, for users who do not have one. */
import { simulateViewtron, usage as viewtronUsage } from "./simulate-viewtron";

const simulators: Record<string, { run: (args: readonly string[]) => Promise<void>; usage: string }> = {
  viewtron: { run: simulateViewtron, usage: viewtronUsage },
};

async function main(): Promise<void> {
  const [device = "", ...args] = process.argv.slice(2);
  const simulator = simulators[device];
  if (simulator === undefined || args.includes("--help")) {
    const usages = simulator === undefined ? Object.values(simulators) : [simulator];
    process.stdout.write(usages.map(({ usage }) => usage).join("\n"));
    if (simulator === undefined) process.exitCode = 2;
    return;
  }
  await simulator.run(args);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
