import { spawnSync } from "node:child_process";
import { cpus } from "node:os";

/**
 * Gives an application one core, and the load another, so that neither takes time of the other's and all
 * that a request costs comes out of one core: collecting garbage and compiling too, and the threads that
 * some libraries verify on. With `taskset`, of Linux; where there is none, the system decides.
 */
export function giveCore(pid: number, whose: "application" | "load"): void {
  if (cpus().length > 1) setCores(pid, whose === "application" ? "0" : "1");
}

/** Takes that back. */
export function giveAllCores(pid: number): void {
  setCores(pid, `0-${cpus().length - 1}`);
}

function setCores(pid: number, cores: string): void {
  spawnSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, `${pid}`]);
}
