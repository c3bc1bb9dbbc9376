/* Asking the server: in JSON, one question of a kind at a time, and again when it is too busy. */
(() => {
  "use strict";
  // By it, the server gives each page its turn.
  const page = Math.random().toString(36).slice(2);
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));

  // What the server says is wrong; `at` is the key at fault, `status` is 0 where nothing answers.
  class Refusal extends Error {
    constructor(text, status, at) {
      super(text);
      this.status = status;
      this.at = at || [];
    }
  }

  async function once(path, content, signal) {
    let answer;
    try {
      answer = await fetch(path, content === undefined ? { headers: { "Overflight-Page": page }, signal } : {
        method: "POST", headers: { "Content-Type": "application/json", "Overflight-Page": page }, body: JSON.stringify(content), signal,
      });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refusal("Nothing answers: run overflight serve again, at this address. What you drew is kept here.", 0);
    }
    if (answer.ok) return answer;
    const said = await answer.text().then(overflight.parse).catch(() => null) || {};
    // who has an answer says why; a number alone comes from a server that is ending, or from what stands before it
    const refusal = new Refusal(said.error || "The server broke off: run overflight serve again, at this address. What you drew is kept here.", answer.status, said.at);
    refusal.after = Number(answer.headers.get("Retry-After")) || 0;
    throw refusal;
  }

  // Told when to come again, it does, a few times.
  async function ask(path, content, signal) {
    for (let tries = 0; ; tries += 1) {
      try {
        return await once(path, content, signal);
      } catch (error) {
        if (!(error instanceof Refusal) || error.status !== 503 || !error.after || tries >= 5) throw error;
        await wait(1000 * error.after);
      }
    }
  }

  overflight.Refusal = Refusal;
  overflight.ask = async (path, content, signal) => overflight.parse(await (await ask(path, content, signal)).text());
  // For what is sent back later: not a character may change.
  overflight.askPlain = async (path, content) => (await ask(path, content)).json();

  overflight.download = async (path, content) => {
    const answer = await ask(path, content);
    const named = /filename="([^"]*)"/.exec(answer.headers.get("Content-Disposition") || "");
    const link = overflight.make("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = named ? named[1] : "what-if";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    return link.download;
  };

  // Runs a task again if it was asked for while it ran, always with what holds by then; never two at a time.
  overflight.latest = (task, busy) => {
    let running = null, again = false;
    async function run() {
      busy(true);
      try {
        do {
          again = false;
          await task();
        } while (again);
      } finally {
        running = null;
        busy(false);
      }
    }
    return () => {
      again = true;
      running = running || run();
      return running;
    };
  };
})();
