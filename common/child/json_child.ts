import { linesOf, parseMessage } from "./json_lines.ts";
import { killOnExit } from "./kill_on_exit.ts";
import { lastWords } from "./last_words.ts";

/** The command of a child process. */
export interface JsonChildCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: URL;
  readonly env?: Readonly<Record<string, string>>;
}

/** Listeners to a child process. */
export interface JsonChildListener<M extends object> {
  readonly onMessage: (message: M) => void;
  /** Receives the lines of standard output that are not messages. Default: nobody does. */
  readonly onText?: (line: string) => void;
  /** Told lines of standard error that are not empty. Default: nobody. */
  readonly onError?: (line: string) => void;
}

/** The end of a process. */
export interface ChildEnd {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  /** The last text of its standard error, in one line. */
  readonly lastWords: string;
}

/** Lines of standard error that are kept for {@linkcode ChildEnd}. */
const KEPT_LINES = 40;

/**
 * A child process that reads and writes one JSON object a line. It is killed when this process exits, however that comes,
 * unless the system kills this process: then the child's input ends.
 *
 * @typeParam M What the child writes.
 */
export class JsonChild<M extends object> {
  /** Resolves when the process is gone and everything it wrote has been heard. */
  readonly ended: Promise<ChildEnd>;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  /** @throws {Error} If the program cannot be started. */
  constructor({ program, args, cwd, env = {} }: JsonChildCommand, listener: JsonChildListener<M>) {
    this.#child = new Deno.Command(program, {
      args: [...args],
      cwd,
      env: { ...env },
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const release = killOnExit(this.#child);
    this.#input = this.#child.stdin.getWriter();
    this.ended = this.#listen(listener).finally(release);
  }

  /** Writes a message; a process that is gone does not hear it. */
  send(message: object): void {
    const line = new TextEncoder().encode(JSON.stringify(message) + "\n");
    this.#input.write(line).catch(() => {}); // its end says more
  }

  /** Sends a signal; a process that is gone does not hear it. */
  kill(signal: Deno.Signal = "SIGKILL"): void {
    try {
      this.#child.kill(signal);
    } catch {
      // it has ended just now
    }
  }

  /** Closes its input, and kills it where it has not ended after a while. */
  async close(patienceMs: number): Promise<void> {
    this.#input.close().catch(() => {}); // it is gone already
    const timer = setTimeout(() => this.kill(), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  async #listen(
    { onMessage, onText = () => {}, onError = () => {} }: JsonChildListener<M>,
  ): Promise<ChildEnd> {
    const said: string[] = [];
    const errors = (async () => {
      for await (const line of linesOf(this.#child.stderr)) {
        if (line.trim() === "") continue;
        said.push(line);
        if (said.length > KEPT_LINES) said.shift();
        onError(line);
      }
    })();
    for await (const line of linesOf(this.#child.stdout)) {
      const message = parseMessage<M>(line);
      if (message === null) onText(line);
      else onMessage(message);
    }
    const { code, signal } = await this.#child.status;
    await errors;
    return { code, signal, lastWords: lastWords(said.join("\n")) };
  }
}
