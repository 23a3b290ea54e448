/** Tasks for pool.test.ts. */

interface Setup {
  readonly factor: number;
  readonly refuse?: string;
}

interface Task {
  readonly value?: number;
  readonly wait?: number;
  readonly throw?: string;
  readonly exit?: boolean;
  readonly crash?: boolean;
}

export async function open({ factor, refuse }: Setup) {
  if (refuse !== undefined) throw new Error(refuse);
  return async (task: Task) => {
    if (task.wait) await new Promise((resolve) => setTimeout(resolve, task.wait));
    if (task.throw !== undefined) throw new Error(task.throw);
    if (task.exit) process.exit(3);
    if (task.crash)
      await new Promise(() => {
        setTimeout(() => {
          throw new Error("out of the blue");
        });
      });
    return task.value! * factor;
  };
}
