/** Tasks that wait for a server, in one lane per camera. The lanes are served in turn, and each is bounded. */
export class WaitingTasks<Task> {
  readonly #perLane: number;
  /** In the order in which the lanes are served. */
  readonly #lanes = new Map<string, Task[]>();

  /** @param perLane the largest number of tasks of one lane */
  constructor(perLane: number) {
    this.#perLane = perLane;
  }

  /** Adds a task at the end of its lane. Returns false if the lane is full. */
  add(lane: string, task: Task): boolean {
    const tasks = this.#lanes.get(lane) ?? [];
    if (tasks.length >= this.#perLane) return false;
    tasks.push(task);
    this.#lanes.set(lane, tasks);
    return true;
  }

  /** Removes and returns the next task; undefined if none waits. */
  take(): Task | undefined {
    const [next] = this.#lanes;
    if (next === undefined) return undefined;
    const [lane, tasks] = next;
    this.#lanes.delete(lane);
    const task = tasks.shift();
    if (tasks.length > 0) this.#lanes.set(lane, tasks);
    return task;
  }

  /** Removes a task that no longer waits for its turn. */
  remove(lane: string, task: Task): void {
    const tasks = this.#lanes.get(lane)?.filter((other) => other !== task) ?? [];
    if (tasks.length > 0) this.#lanes.set(lane, tasks);
    else this.#lanes.delete(lane);
  }
}
