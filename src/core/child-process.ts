import { fork, type ChildProcess, type ForkOptions } from "node:child_process";
import { existsSync } from "node:fs";

/** The shell of systems that have one. */
const SHELL = "/bin/sh";
/** A core dump contains passwords and images. A system that refuses the limit starts the program all the same. */
export const NO_CORE_DUMPS = "ulimit -c 0 2>/dev/null;";

/**
 * The variables that a child process can need: to find files and libraries, to trust the certificates that Node-RED
 * trusts, for the language and the time zone, and for graphics processors. All others stay here: flows read passwords
 * from variables of any name (`${ENV}`), every process of the same user can read the environment of a child, and
 * `FFREPORT` makes ffmpeg write addresses into a file.
 */
const NEEDED = new RegExp(
  "^(?:" +
    [
      "PATH|PATHEXT|HOME|USER|LOGNAME|LANG|LANGUAGE|LC_\\w+|TZ|TZDIR|TMPDIR|TMP|TEMP",
      "SYSTEMROOT|SYSTEMDRIVE|WINDIR|COMSPEC|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAM(?:FILES|DATA|W6432)",
      "LD_\\w+|DYLD_\\w+|MALLOC_\\w+|GLIBC_TUNABLES|SSL_CERT_(?:FILE|DIR)|NODE_(?:OPTIONS|PATH|ENV)",
      "NODE_EXTRA_CA_CERTS|NODE_USE_SYSTEM_CA",
      "OMP_\\w+|ORT_\\w+|VIPS_\\w+|UV_THREADPOOL_SIZE|XDG_RUNTIME_DIR|DISPLAY",
      "CUDA_\\w+|NVIDIA_\\w+|LIBVA_\\w+|VDPAU_\\w+|MFX_\\w+|ONEVPL_\\w+|ROC[MR]_\\w+|HIP_\\w+",
    ].join("|") +
    ")$",
  "i",
);

/** Returns the part of the environment that a child process needs. */
export function childEnvironment(environment: NodeJS.ProcessEnv = process.env): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => NEEDED.test(name)));
}

/** Returns the POSIX shell of this computer; undefined if it has none. */
export function posixShell(): string | undefined {
  return process.platform !== "win32" && existsSync(SHELL) ? SHELL : undefined;
}

/**
 * Starts a module as `fork` does, without core dumps and with the environment that it needs. The shell replaces itself
 * by Node.js, so signals, the exit code and the channel for messages are those of the module.
 */
export function forkQuietly(module: string, options: Pick<ForkOptions, "serialization">): ChildProcess {
  const shell = posixShell();
  const started = { ...options, env: childEnvironment() };
  if (shell === undefined) return fork(module, [], started);
  const script = `${NO_CORE_DUMPS} exec "$@"`;
  const execArgv = ["-c", script, shell, process.execPath, ...process.execArgv];
  return fork(module, [], { ...started, execPath: shell, execArgv });
}
